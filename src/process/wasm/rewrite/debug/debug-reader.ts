// Reads the values of DWARF debug sections: fixed-size integers, least significant byte first, LEB128, and
// strings that end with a zero. Every read is checked, and what is wrong is a refusal with its offset in
// the section.
import { ByteReader } from "../../binary/index.ts";

const text = new TextDecoder();

/** The unit length by which sections announce that their offsets have 64 bits. */
const escape64 = 0xffffffff;
const firstReserved = 0xfffffff0;

/** Of the last byte that a LEB128 integer of 64 bits has. */
const lastFactor = 2 ** 63;

export class DebugReader extends ByteReader {
  at(position: number): this {
    if (position < 0 || position > this.end) this.fail(`there is nothing at ${position}`);
    this.position = position;
    return this;
  }

  /** A fixed-size integer of 1 to 8 bytes; exact up to 2^53. */
  fixed(byteCount: number): number {
    const start = this.position;
    this.skip(byteCount);
    let value = 0;
    for (let at = byteCount - 1; at >= 0; at--) value = value * 0x100 + this.bytes[start + at];
    return value;
  }

  u16(): number {
    return this.fixed(2);
  }

  word(): number {
    return this.fixed(4);
  }

  /** An unsigned LEB128 integer of up to 64 bits; what is beyond 2^53 is not exact. */
  unsigned(): number {
    let value = 0;
    for (let factor = 1; factor <= lastFactor; factor *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return this.fail("an integer is too long");
  }

  /** A signed LEB128 integer of up to 64 bits. */
  signed(): number {
    let value = 0;
    for (let factor = 1; factor <= lastFactor; factor *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - factor * 0x80;
    }
    return this.fail("an integer is too long");
  }

  /** The bytes of a string, without the zero behind them. */
  stringBytes(): Uint8Array {
    const start = this.position;
    const end = this.bytes.indexOf(0, start);
    if (end < 0 || end >= this.end) this.fail("a string has no end");
    this.position = end + 1;
    return this.bytes.subarray(start, end);
  }

  string(): string {
    return text.decode(this.stringBytes());
  }

  /** The length in front of a unit: where the unit ends. Offsets of 64 bits are refused. */
  unitEnd(): number {
    const start = this.position;
    const length = this.word();
    if (length === escape64) this.fail("its offsets have 64 bits", start);
    if (length >= firstReserved) this.fail(`a unit has the reserved length ${length}`, start);
    const end = this.position + length;
    if (end > this.end) this.fail("a unit is longer than its section", start);
    return end;
  }

  /** The size of addresses; only that of 32-bit and 64-bit memories. */
  addressSize(): number {
    const size = this.u8();
    if (size !== 4 && size !== 8) this.fail(`addresses have ${size} bytes`, this.position - 1);
    return size;
  }

  /** Segment selectors, which WebAssembly has not. */
  noSegments(): void {
    if (this.u8() !== 0) this.fail("addresses have segments", this.position - 1);
  }
}

/** Writes a fixed-size integer over what stands there. */
export function writeFixed(bytes: Uint8Array, at: number, value: number, byteCount: number): void {
  let rest = value;
  for (let index = 0; index < byteCount; index++) {
    bytes[at + index] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
}

/** A fixed-size integer as bytes. */
export function fixedBytes(value: number, byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  writeFixed(bytes, 0, value, byteCount);
  return bytes;
}
