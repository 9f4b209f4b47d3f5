// An open file of a tree in memory, and the state that all of a tree shares: its clock, its quota, its
// inode numbers. Nothing here waits, and a write is whole unless the quota ends it.
import { Errno, FdFlag, Filetype } from "../../userlib/index.ts";
import type { FileStat, OpenFile, Times } from "./file-tree.ts";
import {
  dropIfUnused,
  statOf,
  type DirectoryInode,
  type FileInode,
  type Inode,
} from "./memory-inode.ts";
import { PagedBytes, type Quota } from "./paged-bytes.ts";

const fileBytesMax = Number.MAX_SAFE_INTEGER;
const firstCookie = 3;

/** What makes inodes, and keeps their times. */
export class MemoryState {
  readonly nowNs: () => bigint;
  readonly #quota: Quota;
  #nextInode = 2n;

  constructor(nowNs: () => bigint, bytesMax: number) {
    this.nowNs = nowNs;
    this.#quota = { bytesLeft: bytesMax };
  }

  newDirectory(parent: DirectoryInode | undefined): DirectoryInode {
    const entries = new Map();
    return { kind: "directory", ...this.#facts(2), entries, parent, nextCookie: firstCookie };
  }

  newFile(): FileInode {
    return { kind: "file", ...this.#facts(1), bytes: this.newBytes() };
  }

  /** Bytes of a file, within the quota of the tree. */
  newBytes(): PagedBytes {
    return new PagedBytes(this.#quota);
  }

  /** The number that the next inode gets: it only grows. */
  get nextInode(): bigint {
    return this.#nextInode;
  }

  set nextInode(inode: bigint) {
    if (inode > this.#nextInode) this.#nextInode = inode;
  }

  newLink(target: string): Inode {
    return { kind: "link", ...this.#facts(1), target };
  }

  #facts(links: number) {
    const now = this.nowNs();
    const inode = this.#nextInode++;
    return { inode, links, openCount: 0, accessed: now, modified: now, changed: now };
  }

  touch(inode: Inode): void {
    inode.modified = inode.changed = this.nowNs();
  }

  setTimes(inode: Inode, { accessed, modified }: Times): number {
    inode.accessed = accessed ?? inode.accessed;
    inode.modified = modified ?? inode.modified;
    inode.changed = this.nowNs();
    return Errno.success;
  }
}

export class MemoryFile implements OpenFile {
  readonly kind = "file";
  readonly filetype = Filetype.regularFile;
  readonly #tree: MemoryState;
  readonly #inode: FileInode;

  constructor(tree: MemoryState, inode: FileInode) {
    this.#tree = tree;
    this.#inode = inode;
    inode.openCount++;
  }

  get inode(): FileInode {
    return this.#inode;
  }

  stat(): FileStat {
    return statOf(this.#inode);
  }

  setTimes(times: Times): number {
    return this.#tree.setTimes(this.#inode, times);
  }

  sync(): number {
    return Errno.success;
  }

  close(): number {
    this.#inode.openCount--;
    dropIfUnused(this.#inode);
    return Errno.success;
  }

  read(offset: number, into: Uint8Array): number {
    if (offset < 0) return -Errno.inval;
    const inode = this.#inode;
    // As with relatime: the time of access is kept only as far as "since it was written".
    if (inode.accessed <= inode.modified) inode.accessed = this.#tree.nowNs();
    return inode.bytes.read(offset, into);
  }

  write(offset: number, bytes: Uint8Array, flags: number): number {
    const { bytes: content } = this.#inode;
    const at = (flags & FdFlag.append) === 0 ? offset : content.size;
    if (at < 0) return -Errno.inval;
    if (at + bytes.length > fileBytesMax) return -Errno.fbig;
    const count = content.write(at, bytes);
    if (count === 0 && bytes.length > 0) return -Errno.nospc;
    this.#tree.touch(this.#inode);
    return count;
  }

  size(): number {
    return this.#inode.bytes.size;
  }

  setSize(bytes: number): number {
    if (bytes < 0) return Errno.inval;
    if (bytes > fileBytesMax) return Errno.fbig;
    this.#inode.bytes.resize(bytes);
    this.#tree.touch(this.#inode);
    return Errno.success;
  }

  allocate(bytes: number): number {
    return bytes > this.size() ? this.setSize(bytes) : Errno.success;
  }
}
