// What the C library has opened, and where each file in it stands: a read or a write that goes on where the
// last one ended needs no offset, and so few arguments that it costs half of what node:fs takes for it. What
// is read or written at an offset, by node:fs, leaves a file where it stands.
import { BufferAddresses } from "./buffer-addresses.ts";
import type { LibraryOfC } from "./libc-library.ts";

/** Where something stands that is not known to be a file. */
const nowhere = -1;

export class OpenedFiles {
  readonly #stands = new Map<number, number>();
  readonly #call: LibraryOfC["call"];
  readonly #addresses: BufferAddresses;

  constructor({ ffi, call }: LibraryOfC) {
    this.#call = call;
    this.#addresses = new BufferAddresses(ffi);
  }

  add(fd: number, isFile: boolean): void {
    this.#stands.set(fd, isFile ? 0 : nowhere);
  }

  /** It turned out to be a regular file. */
  isFile(fd: number): void {
    if (this.#stands.get(fd) === nowhere) this.#stands.set(fd, 0);
  }

  /** False for what was not opened here, or is closed. */
  remove(fd: number): boolean {
    return this.#stands.delete(fd);
  }

  /** Answers how much came; undefined for another place, and for an error: node:fs finds out which. */
  read(fd: number, offset: number, into: Uint8Array): number | undefined {
    if (this.#stands.get(fd) !== offset) return undefined;
    const address = this.#addresses.of(into);
    if (address === undefined) return undefined;
    return this.#moved(fd, offset, this.#call.read(fd, address, BigInt(into.length)));
  }

  write(fd: number, offset: number, bytes: Uint8Array): number | undefined {
    if (this.#stands.get(fd) !== offset) return undefined;
    const address = this.#addresses.of(bytes);
    if (address === undefined) return undefined;
    return this.#moved(fd, offset, this.#call.write(fd, address, BigInt(bytes.length)));
  }

  #moved(fd: number, offset: number, count: number): number | undefined {
    if (count < 0) return undefined;
    this.#stands.set(fd, offset + count);
    return count;
  }
}
