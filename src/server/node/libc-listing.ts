// What a directory holds, as getdents64 of Linux says it: with every name its inode and, on
// nearly all file systems, its type, which would otherwise be a call for each name.
import type { HostEntry } from "../files/index.ts";
import type { LibraryOfC } from "./libc-library.ts";
import { filetypeOfMode } from "./node-stat.ts";

const bufferBytes = 32_768;

/** Fields of an entry, in bytes; the name goes on to a zero. */
const Entry = { inode: 0, length: 16, type: 18, name: 19 } as const;
/** A type is the upper bits of a mode. */
const typeShift = 12;
const dot = 0x2e;

export class LibCListing {
  readonly #call: LibraryOfC["call"];
  readonly #getEntries: number;
  readonly #bytes = Buffer.from(new ArrayBuffer(bufferBytes));
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #address: bigint;

  constructor({ ffi, call, numbers }: LibraryOfC) {
    this.#call = call;
    this.#getEntries = numbers.getdents64;
    this.#address = ffi.getRawPointer(this.#bytes.buffer);
  }

  /** All entries but "." and ".." of a directory that is open for reading. Undefined if that fails. */
  read(fd: number): HostEntry[] | undefined {
    const entries: HostEntry[] = [];
    for (;;) {
      const bytes = this.#call(this.#getEntries, fd, this.#address, bufferBytes, 0, 0);
      if (bytes === 0) return entries;
      if (bytes < 0) return undefined;
      for (let at = 0; at < bytes; at += this.#view.getUint16(at + Entry.length, true)) {
        if (!this.#isDots(at)) entries.push(this.#entryAt(at));
      }
    }
  }

  #entryAt(at: number): HostEntry {
    const start = at + Entry.name;
    const name = this.#bytes.toString("latin1", start, this.#bytes.indexOf(0, start));
    const inode = this.#view.getBigUint64(at + Entry.inode, true);
    const type = this.#view.getUint8(at + Entry.type);
    // Some file systems do not know it here.
    return { name, inode, filetype: type === 0 ? undefined : filetypeOfMode(type << typeShift) };
  }

  /** Whether the name is "." or "..". */
  #isDots(at: number): boolean {
    const bytes = this.#bytes;
    const start = at + Entry.name;
    if (bytes[start] !== dot) return false;
    return bytes[start + 1] === 0 || (bytes[start + 1] === dot && bytes[start + 2] === 0);
  }
}
