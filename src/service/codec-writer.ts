// Values to bytes, in MessagePack, so that a program in any language can read and make them. What has no
// form of its own there goes as an extension (`extension.ts`). Nothing is guessed: a value that would not
// come out as it went in is refused, and the refusal says where in the value it stands.
//
// It is ours and not a package's, since it runs in realms whose primordials are frozen and where nothing
// can be compiled from text, and since it has to refuse what packages write as an empty object.
import { Extension, typedArrays } from "./extension.ts";
import { writeError } from "./error-form.ts";
import { utf8BytesOf, writeUtf8 } from "./utf8.ts";

/** A value that cannot be sent; the message says which part of it and what to do. */
export class ValueError extends TypeError {
  override readonly name = "ValueError";
}

/** What becomes of a function that is part of what is written: the number by which it is known. */
export interface FunctionNumbers {
  numberOf(callback: (...args: never[]) => unknown): number;
}

const depthMax = 256;
/** So many keys say where a value stands that is too deep. */
const placeKeys = 8;
const firstBytes = 4096;

/** Texts whose length goes into the code itself. */
const shortText = 32;

const arrayKinds = new Map<object, number>(
  typedArrays.map((make, kind) => [make.prototype, kind] as const),
);

const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;
const prototypeOf = Object.getPrototypeOf;

export class CodecWriter {
  /** What was written so far; another array once it has grown. */
  bytes: Uint8Array;
  length = 0;
  #view: DataView;
  #functions: FunctionNumbers | undefined;
  /** The keys under which the writer is, as many as it is deep; what is behind those is of earlier. */
  readonly #path: (string | number)[] = [];
  #depth = 0;
  readonly #bytesMax: number;

  /** @param bytesMax What a message may have, in bytes. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.bytes = new Uint8Array(Math.min(firstBytes, bytesMax));
    this.#view = new DataView(this.bytes.buffer);
  }

  /**
   * Writes a value from the beginning of `bytes` on; `length` says how far it goes.
   *
   * @throws ValueError if it cannot be sent, or is too long
   */
  write(value: unknown, functions?: FunctionNumbers): void {
    this.length = 0;
    this.#functions = functions;
    this.#depth = 0;
    this.put(value);
  }

  /** The list of a method's name and the arguments. @throws ValueError */
  writeCall(method: string, args: readonly unknown[], functions?: FunctionNumbers): void {
    this.length = 0;
    this.#functions = functions;
    this.#depth = 0;
    this.#header(args.length + 1, 0x90, 0xdc);
    this.#string(method);
    for (let i = 0; i < args.length; i++) this.putAt(i + 1, args[i]);
  }

  /** Bytes as they are, from the beginning on. Answers how many. */
  writeRaw(bytes: Uint8Array): number {
    this.length = 0;
    const at = this.#room(bytes.length);
    this.bytes.set(bytes, at);
    return this.length;
  }

  /** One value, in place: for extensions too. */
  put(value: unknown): void {
    switch (typeof value) {
      case "string":
        this.#string(value);
        return;
      case "number":
        this.#number(value);
        return;
      case "boolean":
        this.#byte(value ? 0xc3 : 0xc2);
        return;
      case "undefined":
        this.#extension(Extension.undefined, 1);
        this.#byte(0);
        return;
      case "object":
        if (value === null) this.#byte(0xc0);
        else this.#object(value);
        return;
      case "bigint":
        this.#nested(Extension.bigint, value.toString(16));
        return;
      case "function":
        this.#function(value as (...args: never[]) => unknown);
        return;
      case "symbol":
        this.#refuse("a symbol", "send a text instead");
    }
  }

  /** A value as it stands under a key: the key is part of what a refusal says. */
  putAt(key: string | number, value: unknown): void {
    if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") this.#string(value);
    else this.#putUnder(key, value);
  }

  #putUnder(key: string | number, value: unknown): void {
    if (this.#depth === depthMax) {
      this.#depth = placeKeys;
      this.#refuse("a value that is too deep, or contains itself", "send a tree");
    }
    this.#path[this.#depth++] = key;
    this.put(value);
    this.#depth--;
  }

  #object(value: object): void {
    const prototype: unknown = prototypeOf(value);
    if (prototype === arrayPrototype) this.#array(value as readonly unknown[]);
    else if (prototype === objectPrototype || prototype === null) this.#map(value);
    else this.#instance(value, prototype);
  }

  #instance(value: object, prototype: unknown): void {
    if (value instanceof Uint8Array) this.#binary(value);
    else if (value instanceof Map) this.#nested(Extension.map, [...value].flat(1));
    else if (value instanceof Set) this.#nested(Extension.set, [...value]);
    else if (value instanceof Date) this.#nested(Extension.date, value.getTime());
    else if (value instanceof RegExp) this.#nested(Extension.regexp, [value.source, value.flags]);
    else if (value instanceof Error) this.#nested(Extension.error, writeError(value));
    else if (value instanceof ArrayBuffer) this.#nested(Extension.buffer, new Uint8Array(value));
    else if (ArrayBuffer.isView(value)) this.#typedArray(value, prototype);
    else if (Array.isArray(value)) this.#array(value);
    else if (value instanceof Promise) this.#refuse("a promise", "await it first");
    else this.#refuseInstance(value);
  }

  #refuseInstance(value: object): never {
    const name = (value.constructor as { readonly name?: unknown } | undefined)?.name;
    const what = typeof name === "string" && name !== "" ? `an instance of ${name}` : "an instance";
    return this.#refuse(what, "send its fields as a plain object");
  }

  #typedArray(value: ArrayBufferView, prototype: unknown): void {
    const kind = arrayKinds.get(prototype as object);
    if (kind === undefined) this.#refuseInstance(value);
    const { buffer, byteOffset, byteLength } = value;
    this.#nested(Extension.typedArray, [kind, new Uint8Array(buffer, byteOffset, byteLength)]);
  }

  #function(callback: (...args: never[]) => unknown): void {
    if (this.#functions === undefined) {
      this.#refuse("a function", "functions can be passed as arguments, not returned or kept");
    }
    this.#nested(Extension.callback, this.#functions.numberOf(callback));
  }

  #array(value: readonly unknown[]): void {
    const { length } = value;
    this.#header(length, 0x90, 0xdc);
    for (let i = 0; i < length; i++) this.putAt(i, value[i]);
  }

  #map(value: object): void {
    const keys = Object.keys(value);
    this.#header(keys.length, 0x80, 0xde);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      this.#string(key);
      this.putAt(key, (value as Record<string, unknown>)[key]);
    }
  }

  #header(count: number, fix: number, wide: number): void {
    if (count < 16) this.#byte(fix | count);
    else if (count < 0x1_0000) {
      this.#byte(wide);
      this.#uint16(count);
    } else {
      this.#byte(wide + 1);
      this.#uint32(count);
    }
  }

  #number(value: number): void {
    if (value >>> 0 === value && !Object.is(value, -0)) {
      if (value < 0x80) this.#byte(value);
      else if (value < 0x100) {
        this.#byte(0xcc);
        this.#byte(value);
      } else {
        this.#byte(0xce);
        this.#uint32(value);
      }
    } else if (value >> 0 === value && value < 0) {
      if (value >= -32) this.#byte(value & 0xff);
      else {
        this.#byte(0xd2);
        this.#uint32(value >>> 0);
      }
    } else {
      this.#byte(0xcb);
      const at = this.#room(8);
      this.#view.setFloat64(at, value);
    }
  }

  #string(value: string): void {
    if (value.length < shortText && this.#shortString(value)) return;
    const bytes = utf8BytesOf(value);
    if (bytes < 32) this.#byte(0xa0 | bytes);
    else this.#sized(bytes, 0xd9);
    const at = this.#room(bytes);
    writeUtf8(value, this.bytes, at, bytes);
  }

  /** In one go, if it is all ASCII. */
  #shortString(value: string): boolean {
    const { length } = value;
    const from = this.length;
    const at = this.#room(length + 1) + 1;
    const { bytes } = this;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) {
        this.length = from;
        return false;
      }
      bytes[at + i] = unit;
    }
    bytes[from] = 0xa0 | length;
    return true;
  }

  #binary(value: Uint8Array): void {
    this.#sized(value.length, 0xc4);
    const at = this.#room(value.length);
    this.bytes.set(value, at);
  }

  /** A length of one, two or four bytes, behind the code that says so. */
  #sized(length: number, code: number): void {
    if (length < 0x100) {
      this.#byte(code);
      this.#byte(length);
    } else if (length < 0x1_0000) {
      this.#byte(code + 1);
      this.#uint16(length);
    } else {
      this.#byte(code + 2);
      this.#uint32(length);
    }
  }

  /** An extension whose body is a value of its own. Its length is always written in four bytes. */
  #nested(type: number, value: unknown): void {
    this.#byte(0xc9);
    const at = this.#room(4);
    this.#byte(type);
    const from = this.length;
    this.put(value);
    this.#view.setUint32(at, this.length - from);
  }

  #extension(type: number, bytes: number): void {
    this.#byte(bytes === 1 ? 0xd4 : 0xc7);
    if (bytes !== 1) this.#byte(bytes);
    this.#byte(type);
  }

  #byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1);
    this.bytes[this.length++] = value;
  }

  #uint16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  #uint32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value);
  }

  #room(bytes: number): number {
    const at = this.length;
    if (at + bytes > this.bytes.length) this.#grow(bytes);
    this.length = at + bytes;
    return at;
  }

  #grow(bytes: number): void {
    const needed = this.length + bytes;
    if (needed > this.#bytesMax) {
      throw new ValueError(
        `what is sent has more than ${this.#bytesMax} bytes: send it in parts, or as a stream`,
      );
    }
    const size = Math.min(Math.max(needed, this.bytes.length * 2), this.#bytesMax);
    const grown = new Uint8Array(size);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #refuse(what: string, instead: string): never {
    const place = this.#depth === 0 ? "" : ` at ${this.#path.slice(0, this.#depth).join(".")}`;
    throw new ValueError(`${what}${place} cannot be sent: ${instead}`);
  }
}
