// Reads the primitive values of the WebAssembly binary format from a window of bytes. Positions are
// always absolute in the file, so that an error names the place a hex viewer shows. Nothing here
// trusts a length: every read is checked against the end of the window, and no allocation is made
// for a count that the remaining bytes could not hold.
import { InvalidModuleError } from "./invalid-module-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  isAtEnd(): boolean {
    return this.position >= this.end;
  }

  fail(reason: string, offset = this.position): never {
    throw new InvalidModuleError(reason, offset);
  }

  u8(): number {
    if (this.position >= this.end) this.fail("the bytes end in the middle of a value");
    return this.bytes[this.position++];
  }

  /** An unsigned LEB128 integer of at most 32 bits. */
  u32(): number {
    let byte = this.u8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; ; shift += 7) {
      byte = this.u8();
      if (shift === 28 && byte > 0x0f) this.fail("an integer has more than 32 bits");
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** An unsigned LEB128 integer of at most 64 bits; exact up to 2^53, more than any real limit. */
  u64(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift === 63 && byte > 1) this.fail("an integer has more than 64 bits");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** A signed LEB128 integer of at most 33 bits: block types and heap types. */
  s33(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift === 28 && byte >= 0x80) this.fail("a type index has more than 33 bits");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - 2 ** (shift + 7);
    }
  }

  /** Passes over a LEB128 integer whose value does not matter here. */
  skipInteger(longestBytes: number): void {
    for (let count = 0; count < longestBytes; count++) {
      if (this.u8() < 0x80) return;
    }
    this.fail("an integer is too long");
  }

  skip(byteCount: number): void {
    if (byteCount > this.end - this.position) {
      this.fail(`${byteCount} bytes are announced but only ${this.end - this.position} are there`);
    }
    this.position += byteCount;
  }

  /** The next bytes, as a view: the caller must not write to it. */
  take(byteCount: number): Uint8Array {
    const start = this.position;
    this.skip(byteCount);
    return this.bytes.subarray(start, this.position);
  }

  /** A length-prefixed name. */
  name(): string {
    const start = this.position;
    const encoded = this.take(this.u32());
    try {
      return utf8.decode(encoded);
    } catch {
      return this.fail("a name is not valid UTF-8", start);
    }
  }
}
