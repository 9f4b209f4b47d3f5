// Bytes to values: the other way of `codec-writer.ts`. What comes may be from anybody, so every length is
// checked against what is there, and no key can reach a prototype.
import type { ErrorClass } from "./error-form.ts";
import { Extension } from "./extension.ts";
import { extensionValue } from "./extension-value.ts";
import { FormatError } from "./format-error.ts";
import { ShortTexts } from "./short-texts.ts";
import { readUtf8 } from "./utf8.ts";

/** Makes a function of the number by which one is known at its sender. */
export type FunctionOf = (number: number) => unknown;

export interface ReadOptions {
  readonly functions?: FunctionOf | undefined;
  readonly errors?: ReadonlyMap<string, ErrorClass> | undefined;
}

/** What is asked of a service: a method, by its name if it is one, and what it is given. */
export interface Call {
  readonly method: unknown;
  readonly args: unknown[];
}

const noCall = "a call is a list: the method's name, and its arguments";
const depthMax = 512;
const noOptions: ReadOptions = {};
/** Texts of up to so many bytes are likely to come again. */
const shortBytes = 16;

export class CodecReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #end = 0;
  #depth = 0;
  #options = noOptions;
  readonly #texts = new ShortTexts();

  /**
   * Reads the value in the first `length` bytes.
   *
   * @throws FormatError if there is none
   */
  read(bytes: Uint8Array, length: number, options = noOptions): unknown {
    this.#begin(bytes, length, options);
    const value = this.#value();
    if (this.#at !== length) throw new FormatError("bytes follow the value");
    return value;
  }

  /**
   * Reads a call: the list of a method's name and arguments, in which `first` stands instead of the name.
   *
   * @throws FormatError if there is none
   */
  readCall(bytes: Uint8Array, length: number, first: unknown, options = noOptions): Call {
    this.#begin(bytes, length, options);
    const code = length === 0 ? 0 : this.#byte();
    const isWide = code === 0xdc || code === 0xdd;
    const count = isWide ? this.#count(code - 0xdc + 1) : code & 0xf;
    if (count === 0 || (!isWide && (code & 0xf0) !== 0x90)) throw new FormatError(noCall);
    this.#enter(count);
    const method = this.#value();
    const args = this.#argumentsOf(first, count - 1);
    if (this.#at !== length) throw new FormatError("bytes follow the call");
    return { method, args };
  }

  #begin(bytes: Uint8Array, length: number, options: ReadOptions): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#at = 0;
    this.#end = length;
    this.#depth = 0;
    this.#options = options;
  }

  #value(): unknown {
    const code = this.#byte();
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 0xf);
    if (code < 0xa0) return this.#array(code & 0xf);
    if (code < 0xc0) return this.#string(code & 0x1f);
    if (code >= 0xe0) return code - 0x100;
    return this.#coded(code);
  }

  #coded(code: number): unknown {
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcf:
        return this.#view.getBigUint64(this.#take(8));
      case 0xd3:
        return this.#view.getBigInt64(this.#take(8));
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      default:
        return this.#sized(code);
    }
  }

  #sized(code: number): unknown {
    if (code >= 0xc4 && code <= 0xc6) return this.#binary(this.#count(code - 0xc4));
    if (code >= 0xc7 && code <= 0xc9) return this.#extension(this.#count(code - 0xc7));
    if (code >= 0xcc && code <= 0xce) return this.#count(code - 0xcc);
    if (code >= 0xd4 && code <= 0xd8) return this.#extension(1 << (code - 0xd4));
    if (code >= 0xd9 && code <= 0xdb) return this.#string(this.#count(code - 0xd9));
    if (code === 0xdc || code === 0xdd) return this.#array(this.#count(code - 0xdc + 1));
    if (code === 0xde || code === 0xdf) return this.#map(this.#count(code - 0xde + 1));
    throw new FormatError(`there is no code ${code}`);
  }

  /** A number of one, two or four bytes. */
  #count(width: number): number {
    if (width === 0) return this.#byte();
    return width === 1 ? this.#view.getUint16(this.#take(2)) : this.#view.getUint32(this.#take(4));
  }

  #array(count: number): unknown[] {
    this.#enter(count);
    const list = this.#listOf(count);
    this.#depth--;
    return list;
  }

  /**
   * Few are made in one go, with no room for more. And none is made with holes: to fill one, the engine looks
   * at each frozen prototype, and those of realms are.
   */
  #listOf(count: number): unknown[] {
    if (count === 2) return [this.#value(), this.#value()];
    if (count === 1) return [this.#value()];
    if (count === 3) return [this.#value(), this.#value(), this.#value()];
    const list: unknown[] = [];
    for (let i = 0; i < count; i++) list.push(this.#value());
    return list;
  }

  #argumentsOf(first: unknown, count: number): unknown[] {
    if (count === 1) return [first, this.#value()];
    if (count === 2) return [first, this.#value(), this.#value()];
    const list = [first];
    for (let i = 0; i < count; i++) list.push(this.#value());
    return list;
  }

  #map(count: number): Record<string, unknown> {
    this.#enter(count);
    const map: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const key = String(this.#value());
      const value = this.#value();
      if (key === "__proto__") Object.defineProperty(map, key, own(value));
      else map[key] = value;
    }
    this.#depth--;
    return map;
  }

  /** Each part has a byte at least. */
  #enter(count: number): void {
    if (count > this.#end - this.#at) throw new FormatError("it says that there is more of it");
    if (++this.#depth > depthMax) throw new FormatError("it is too deep");
  }

  #string(bytes: number): string {
    const at = this.#take(bytes);
    const from = this.#bytes;
    const end = at + bytes;
    if (bytes > shortBytes) return readUtf8(from, at, end);
    const known = this.#texts.find(from, at, end);
    if (known !== undefined) return known;
    const text = readUtf8(from, at, end);
    this.#texts.keep(text, from, at, end);
    return text;
  }

  #binary(bytes: number): Uint8Array {
    const at = this.#take(bytes);
    const copy = new Uint8Array(bytes);
    copy.set(this.#bytes.subarray(at, at + bytes));
    return copy;
  }

  #extension(bytes: number): unknown {
    const type = this.#byte();
    const at = this.#take(bytes);
    if (type === Extension.undefined) return undefined;
    const end = this.#end;
    this.#at = at;
    this.#end = at + bytes;
    this.#enter(0);
    const body = this.#value();
    this.#depth--;
    if (this.#at !== this.#end) throw new FormatError("an extension has more bytes than it needs");
    this.#end = end;
    return extensionValue(type, body, this.#options);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new FormatError("it ends too soon");
    return this.#bytes[this.#at++];
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at) throw new FormatError("it ends too soon");
    this.#at = at + bytes;
    return at;
  }
}

function own(value: unknown): PropertyDescriptor {
  return { value, writable: true, configurable: true, enumerable: true };
}
