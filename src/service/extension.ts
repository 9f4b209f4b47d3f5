// The extension types of MessagePack by which values go that it has no form for. The body of each but
// `undefined` is one value in MessagePack. The numbers are part of logs and images: none changes its meaning.
export const Extension = {
  undefined: 0,
  /** Hexadecimal text, with a sign. */
  bigint: 1,
  /** Keys and values in turn. */
  map: 2,
  set: 3,
  /** Milliseconds since 1970. */
  date: 4,
  /** Source and flags. */
  regexp: 5,
  /** See `error-form.ts`. */
  error: 6,
  /** Kind and bytes, little-endian. */
  typedArray: 7,
  buffer: 8,
  /** The number of a function at whoever sent it. */
  callback: 9,
} as const;

/** The arrays that go as `Extension.typedArray`: the kind of each is its place here, which never changes. */
export const typedArrays = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;
