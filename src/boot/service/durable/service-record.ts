// The records of a service's log: what its realm heard, in its order, each with a digest of what it had said
// since the record before. All have one form, of words:
//
//   [kind, digest, time (two words), ten numbers, count of bytes, the bytes in whole words]

export const ServiceRecordKind = {
  /** The first: the seed of the realm, in the first four numbers. Bytes: the hash of its code, as text. */
  begin: 16,
  /** A request. Numbers: badge, label, six words. */
  request: 17,
  /** An answer of a granted server. Numbers: question (0: nobody waits any more), target, status, label, six words. */
  replied: 18,
  /** A timer went off. Numbers: which. */
  fired: 19,
  /** Random bits that were asked for. Numbers: the word. */
  entropy: 20,
  /** The realm was made anew from its state, and what was open ended. Numbers: the seed. */
  renewed: 21,
  /** A start began to go through the log. */
  attempt: 22,
  /** It has come to its end, and the service is live. */
  live: 23,
  /** The request of a record is passed over: the service died of it again and again. Numbers: the record. */
  setAside: 24,
  /** The service went on as another: its code and state. Numbers: the seed. Bytes: the hash of the code, as text. */
  upgraded: 25,
} as const;
export type ServiceRecordKind = (typeof ServiceRecordKind)[keyof typeof ServiceRecordKind];

const numberCount = 10;
const at = { digest: 1, time: 2, numbers: 4, bytes: 4 + numberCount, body: 5 + numberCount };

export interface ServiceRecord {
  readonly kind: number;
  readonly digest: number;
  readonly timeMs: number;
  readonly numbers: readonly number[];
  readonly bytes: Uint8Array;
}

const noBytes = new Uint8Array(0);

export function makeRecord(
  kind: ServiceRecordKind,
  fields: Partial<Omit<ServiceRecord, "kind">> = {},
): ServiceRecord {
  return { kind, digest: 0, timeMs: 0, numbers: [], bytes: noBytes, ...fields };
}

export function encodeRecord({ kind, digest, timeMs, numbers, bytes }: ServiceRecord): Int32Array {
  const words = new Int32Array(at.body + ((bytes.length + 3) >>> 2));
  words[0] = kind;
  words[at.digest] = digest;
  words[at.time] = (timeMs % 2 ** 32) | 0;
  words[at.time + 1] = Math.floor(timeMs / 2 ** 32);
  words.set(numbers, at.numbers);
  words[at.bytes] = bytes.length;
  new Uint8Array(words.buffer).set(bytes, at.body * 4);
  return words;
}

/** The record in words that may be gone soon: what it has is copied. */
export function decodeRecord(words: Int32Array): ServiceRecord {
  const from = words.byteOffset + at.body * 4;
  return {
    kind: words[0],
    digest: words[at.digest],
    timeMs: (words[at.time] >>> 0) + words[at.time + 1] * 2 ** 32,
    numbers: Array.from(words.subarray(at.numbers, at.numbers + numberCount)),
    bytes: new Uint8Array(words.buffer, from, words[at.bytes]).slice(),
  };
}
