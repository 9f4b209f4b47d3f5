// Writing what a file server answers as bytes: a filestat, and the entries of a directory, both as WASI
// lays them out, straight into the buffer from which the kernel copies them to the program.
import { direntBytes, filestatBytes, FilestatOffset, Filetype } from "../../userlib/index.ts";
import type { FileStat, ListedEntry, OpenDirectory } from "./file-tree.ts";

/** The view and the bytes that the last one was written through: a server has one outbox. */
let lastOut: Uint8Array | undefined;
let view: DataView = new DataView(new ArrayBuffer(filestatBytes));
let written = new Uint8Array(view.buffer);

export function writeFilestat(out: Uint8Array, stat: FileStat): Uint8Array {
  if (out !== lastOut) {
    lastOut = out;
    view = new DataView(out.buffer, out.byteOffset, filestatBytes);
    written = new Uint8Array(out.buffer, out.byteOffset, filestatBytes);
  }
  view.setBigUint64(FilestatOffset.device, stat.device, true);
  view.setBigUint64(FilestatOffset.inode, stat.inode, true);
  view.setBigUint64(FilestatOffset.type, BigInt(stat.filetype), true);
  view.setBigUint64(FilestatOffset.links, stat.links, true);
  view.setBigUint64(FilestatOffset.size, stat.size, true);
  view.setBigUint64(FilestatOffset.accessed, stat.accessed, true);
  view.setBigUint64(FilestatOffset.modified, stat.modified, true);
  view.setBigUint64(FilestatOffset.changed, stat.changed, true);
  return written;
}

/** Cookies of the two entries that every directory has. */
const selfCookie = 1;
const parentCookie = 2;

/**
 * Writes the entries after a cookie, the last one cut off if it does not fit. Answers the bytes
 * written: fewer than `out` has room for means the end. A refusal is a negative errno.
 */
export function writeListing(out: Uint8Array, directory: OpenDirectory, after: number): number {
  const listing = new Listing(out);
  if (after < selfCookie) {
    const stat = directory.stat();
    if (typeof stat === "number") return -stat;
    listing.add({ name: ".", inode: stat.inode, filetype: Filetype.directory, cookie: selfCookie });
  }
  if (after < parentCookie) {
    const inode = directory.parentInode();
    listing.add({ name: "..", inode, filetype: Filetype.directory, cookie: parentCookie });
  }
  if (listing.isFull) return listing.bytes;
  const entries = directory.entries(Math.max(after, parentCookie));
  if (typeof entries === "number") return -entries;
  for (const entry of entries) {
    listing.add(entry);
    if (listing.isFull) break;
  }
  return listing.bytes;
}

class Listing {
  bytes = 0;
  readonly #out: Uint8Array;
  readonly #entry = new Uint8Array(direntBytes + 255);
  readonly #view = new DataView(this.#entry.buffer);

  constructor(out: Uint8Array) {
    this.#out = out;
  }

  get isFull(): boolean {
    return this.bytes === this.#out.length;
  }

  add({ name, inode, filetype, cookie }: ListedEntry): void {
    this.#view.setBigUint64(0, BigInt(cookie), true);
    this.#view.setBigUint64(8, inode, true);
    this.#view.setUint32(16, name.length, true);
    this.#view.setUint32(20, filetype, true);
    for (let i = 0; i < name.length; i++) this.#entry[direntBytes + i] = name.charCodeAt(i);
    const whole = this.#entry.subarray(0, direntBytes + name.length);
    const part = whole.subarray(0, this.#out.length - this.bytes);
    this.#out.set(part, this.bytes);
    this.bytes += part.length;
  }
}
