// The memory of a program, as the WASI layer reads and writes it. A view of a wasm memory goes stale
// when the memory grows: the buffer behind it is detached (its length is then 0) or, if it is shared,
// stays at the old length. So every access first compares with the length of the view it has, and
// takes a new one only when that is too short. Addresses are those of the program, as wasm gives them:
// signed, and read here as unsigned.

export class GuestMemory {
  readonly #source: () => ArrayBufferLike;
  #bytes: Uint8Array;
  #view: DataView;

  /** `source` answers the buffer as it is now: `() => memory.buffer`. */
  constructor(source: () => ArrayBufferLike) {
    this.#source = source;
    this.#bytes = new Uint8Array(source());
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Whether [address, address + count) is memory of the program. */
  holds(address: number, count: number): boolean {
    const end = (address >>> 0) + (count >>> 0);
    if (end <= this.#bytes.length) return true;
    this.#renew();
    return end <= this.#bytes.length;
  }

  u8(address: number): number {
    return this.#at(address, 1).getUint8(address >>> 0);
  }

  u16(address: number): number {
    return this.#at(address, 2).getUint16(address >>> 0, true);
  }

  u32(address: number): number {
    return this.#at(address, 4).getUint32(address >>> 0, true);
  }

  u64(address: number): bigint {
    return this.#at(address, 8).getBigUint64(address >>> 0, true);
  }

  setU8(address: number, value: number): void {
    this.#at(address, 1).setUint8(address >>> 0, value);
  }

  setU16(address: number, value: number): void {
    this.#at(address, 2).setUint16(address >>> 0, value, true);
  }

  setU32(address: number, value: number): void {
    this.#at(address, 4).setUint32(address >>> 0, value, true);
  }

  /** Writes 64 bits given as two words, which costs no BigInt. */
  setWords(address: number, low: number, high: number): void {
    const view = this.#at(address, 8);
    view.setUint32(address >>> 0, low, true);
    view.setUint32((address >>> 0) + 4, high, true);
  }

  /** Writes a number that is an integer from 0 to 2^53 as 64 bits. */
  setU64(address: number, value: number): void {
    this.setWords(address, value % 2 ** 32, Math.floor(value / 2 ** 32));
  }

  setBytes(address: number, source: Uint8Array): void {
    this.#at(address, source.length);
    this.#bytes.set(source, address >>> 0);
  }

  /** Copies a few bytes out; byte by byte, which for a path is quicker than a view of it. */
  copyTo(target: Uint8Array, at: number, address: number, count: number): void {
    this.#at(address, count);
    const bytes = this.#bytes;
    const from = address >>> 0;
    for (let i = 0; i < count; i++) target[at + i] = bytes[from + i]!;
  }

  fill(address: number, count: number): void {
    this.#at(address, count);
    this.#bytes.fill(0, address >>> 0, (address >>> 0) + count);
  }

  #at(address: number, count: number): DataView {
    if ((address >>> 0) + count > this.#bytes.length) this.#renew();
    return this.#view;
  }

  #renew(): void {
    this.#bytes = new Uint8Array(this.#source());
    this.#view = new DataView(this.#bytes.buffer);
  }
}
