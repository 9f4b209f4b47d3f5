// Where the bytes of a view stand in the memory of the OS process. A buffer keeps its place for as long as
// it has bytes: a wasm memory that grows gets another buffer, and the views of the old one have none left.
// So the address of a buffer, once known, is right for every view of it that has bytes.
import type * as NodeFFI from "node:ffi";

export class BufferAddresses {
  readonly #ffi: typeof NodeFFI;
  /** The buffer last asked for: a server has one for what it reads, and one for what it is given. */
  #buffer: ArrayBufferLike | undefined;
  #address = 0n;

  constructor(ffi: typeof NodeFFI) {
    this.#ffi = ffi;
  }

  /** Undefined for a view without bytes, and for one of memory that is shared or may change its size. */
  of(bytes: Uint8Array): bigint | undefined {
    if (bytes.length === 0) return undefined;
    const { buffer } = bytes;
    if (buffer !== this.#buffer && !this.#find(buffer)) return undefined;
    return this.#address + BigInt(bytes.byteOffset);
  }

  #find(buffer: ArrayBufferLike): boolean {
    if (!(buffer instanceof ArrayBuffer) || buffer.resizable) return false;
    this.#address = this.#ffi.getRawPointer(buffer);
    this.#buffer = buffer;
    return true;
  }
}
