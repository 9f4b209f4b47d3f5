// Reading and writing open files by the C library: what is hot enough that node:fs is felt, which checks
// its arguments twice and looks for somebody who traces it, at each call. As in node-libc.ts, this is a
// fast path and nothing else: whatever is not a count of bytes is `doubt`, and node:fs makes the call again.
import { argument, doubt, type LibraryOfC } from "./libc-library.ts";

export class LibCTransfer {
  readonly #call: LibraryOfC["call"];
  readonly #into: KnownPlace;
  readonly #from: KnownPlace;

  constructor({ ffi, call }: LibraryOfC) {
    this.#call = call;
    this.#into = new KnownPlace(ffi);
    this.#from = new KnownPlace(ffi);
  }

  /** Answers the bytes read from `offset` on; 0 at the end of the file. */
  read(fd: number, offset: number, into: Uint8Array): number {
    const address = this.#into.addressOf(into);
    if (address === 0n || offset < 0) return doubt;
    const bytes = argument(into.length);
    const count = this.#call.pread(argument(fd), address, bytes, argument(offset));
    return count < 0 ? doubt : count;
  }

  /** Answers the bytes written; without an offset, where the host has the file. */
  write(fd: number, offset: number | undefined, from: Uint8Array): number {
    const address = this.#from.addressOf(from);
    if (address === 0n || (offset !== undefined && offset < 0)) return doubt;
    const bytes = argument(from.length);
    const count =
      offset === undefined
        ? this.#call.write(argument(fd), address, bytes)
        : this.#call.pwrite(argument(fd), address, bytes, argument(offset));
    return count < 0 ? doubt : count;
  }
}

/**
 * Where bytes lie in the memory of the process. A server reads and writes through few views of one buffer, one
 * view after the other mostly the same, so both are remembered: to ask a view for its buffer is a call into the
 * engine. A view whose buffer is gone has no bytes any more.
 */
class KnownPlace {
  readonly #ffi: LibraryOfC["ffi"];
  #view: Uint8Array | undefined;
  #address = 0n;
  #buffer: ArrayBufferLike | undefined;
  #base = 0n;

  constructor(ffi: LibraryOfC["ffi"]) {
    this.#ffi = ffi;
  }

  /** 0 if it is not to be known. */
  addressOf(view: Uint8Array): bigint {
    if (view.length === 0) return 0n;
    if (view !== this.#view && !this.#take(view)) return 0n;
    return this.#address;
  }

  #take(view: Uint8Array): boolean {
    const { buffer } = view;
    if (!(buffer instanceof ArrayBuffer)) return false;
    if (buffer !== this.#buffer) {
      this.#base = this.#ffi.getRawPointer(buffer);
      this.#buffer = buffer;
    }
    this.#address = this.#base + argument(view.byteOffset);
    this.#view = view;
    return true;
  }
}
