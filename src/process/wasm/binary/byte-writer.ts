// A growing buffer of bytes with the encodings of the WebAssembly binary format. Integers are
// written in their shortest form, so the same input always gives the same bytes: the cache and
// every hash of a prepared module rest on that.

const utf8 = new TextEncoder();

export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacityBytes = 64) {
    this.#bytes = new Uint8Array(capacityBytes);
  }

  get length(): number {
    return this.#length;
  }

  #reserve(byteCount: number): void {
    const needed = this.#length + byteCount;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  /** Unsigned LEB128; exact for any integer below 2^53. */
  u32(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  /** Signed LEB128; exact for any 32-bit integer and well past it. */
  s32(value: number): this {
    let rest = value;
    for (;;) {
      const low = ((rest % 0x80) + 0x80) % 0x80;
      rest = (rest - low) / 0x80;
      const isSignInLow = (low & 0x40) !== 0;
      if ((rest === 0 && !isSignInLow) || (rest === -1 && isSignInLow)) return this.u8(low);
      this.u8(low | 0x80);
    }
  }

  raw(bytes: ArrayLike<number>): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Copies a range of another buffer: the unchanged stretches between two edits. */
  range(bytes: Uint8Array, start: number, end: number): this {
    return start === end ? this : this.raw(bytes.subarray(start, end));
  }

  /** Bytes with their length in front: bodies, custom sections, segments. */
  sized(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  name(text: string): this {
    return this.sized(utf8.encode(text));
  }

  /** Forgets what was written but keeps the memory, so one scratch writer serves every body. */
  clear(): void {
    this.#length = 0;
  }

  /** What was written, as a view that the next write may invalidate. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was written, as bytes of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length) as Uint8Array<ArrayBuffer>; // ours: never shared
  }
}
