// Reading and writing open files by the C library: what is hot enough that node:fs is felt, which checks
// its arguments twice and looks for somebody who traces it, at each call. As in node-libc.ts, this is a
// fast path and nothing else: whatever is not a count of bytes is `doubt`, and node:fs makes the call again.
import type { LibraryOfC } from "./libc-library.ts";
import { doubt } from "./system-calls.ts";

export class LibCTransfer {
  readonly #call: LibraryOfC["call"];
  readonly #numbers: LibraryOfC["numbers"];
  readonly #into: KnownPlace;
  readonly #from: KnownPlace;

  constructor({ ffi, call, numbers }: LibraryOfC) {
    this.#call = call;
    this.#numbers = numbers;
    this.#into = new KnownPlace(ffi);
    this.#from = new KnownPlace(ffi);
  }

  /** Answers the bytes read from `offset` on; 0 at the end of the file. */
  read(fd: number, offset: number, into: Uint8Array): number {
    const address = this.#into.addressOf(into);
    if (address === 0n || offset < 0) return doubt;
    return this.#call(this.#numbers.pread64, fd, address, into.length, offset, 0);
  }

  /** Answers the bytes written; without an offset, where the host has the file. */
  write(fd: number, offset: number | undefined, from: Uint8Array): number {
    const address = this.#from.addressOf(from);
    if (address === 0n || (offset !== undefined && offset < 0)) return doubt;
    const { pwrite64, write } = this.#numbers;
    return offset === undefined
      ? this.#call(write, fd, address, from.length, 0, 0)
      : this.#call(pwrite64, fd, address, from.length, offset, 0);
  }
}

const viewCount = 32;

/**
 * Where bytes lie in the memory of the process. A server reads and writes through few views of one buffer, each
 * of its own size, so both are remembered: to ask a view for its buffer is a call into the engine. A view whose
 * buffer is gone has no bytes any more.
 */
class KnownPlace {
  readonly #ffi: LibraryOfC["ffi"];
  readonly #views: (Uint8Array | undefined)[] = Array.from({ length: viewCount }, () => undefined);
  readonly #addresses: bigint[] = Array.from({ length: viewCount }, () => 0n);
  #buffer: ArrayBufferLike | undefined;
  #base = 0n;

  constructor(ffi: LibraryOfC["ffi"]) {
    this.#ffi = ffi;
  }

  /** 0 if it is not to be known. */
  addressOf(view: Uint8Array): bigint {
    const bytes = view.length;
    if (bytes === 0) return 0n;
    const index = (bytes ^ (bytes >>> 6)) & (viewCount - 1);
    return this.#views[index] === view ? this.#addresses[index]! : this.#take(view, index);
  }

  #take(view: Uint8Array, index: number): bigint {
    const { buffer } = view;
    if (!(buffer instanceof ArrayBuffer)) return 0n;
    if (buffer !== this.#buffer) {
      this.#base = this.#ffi.getRawPointer(buffer);
      this.#buffer = buffer;
    }
    const address = this.#base + BigInt(view.byteOffset);
    this.#views[index] = view;
    this.#addresses[index] = address;
    return address;
  }
}
