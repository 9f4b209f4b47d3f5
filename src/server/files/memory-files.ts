// A file tree in memory. Listings go by cookies that an entry keeps for as long as it lives and that
// only grow, so a program reading a directory meets every entry that was there all the time once,
// whatever comes and goes meanwhile.
import { Access, Errno, FdFlag, Filetype } from "../../userlib/index.ts";
import type {
  FileStat,
  FileTree,
  ListedEntry,
  OpenDirectory,
  OpenFile,
  OpenRequest,
  Times,
} from "./file-tree.ts";
import {
  dropIfUnused,
  filetypeOf,
  isWithin,
  putEntry,
  statOf,
  type DirectoryInode,
  type FileInode,
  type Inode,
} from "./memory-inode.ts";
import { PagedBytes, type Quota } from "./paged-bytes.ts";

const fileBytesMax = Number.MAX_SAFE_INTEGER;
const firstCookie = 3;

export interface MemoryFilesOptions {
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** What all files together may hold. */
  readonly bytesMax?: number;
}

export class MemoryFiles implements FileTree {
  readonly nowNs: () => bigint;
  readonly quota: Quota;
  readonly #root: DirectoryInode;
  #nextInode = 2n;

  constructor({ nowNs, bytesMax = 2 ** 32 }: MemoryFilesOptions) {
    this.nowNs = nowNs;
    this.quota = { bytesLeft: bytesMax };
    this.#root = this.newDirectory(undefined);
    this.#root.parent = this.#root;
  }

  root(): OpenDirectory {
    return new MemoryDirectory(this, this.#root);
  }

  newDirectory(parent: DirectoryInode | undefined): DirectoryInode {
    const entries = new Map();
    return { kind: "directory", ...this.#facts(2), entries, parent, nextCookie: firstCookie };
  }

  newFile(): FileInode {
    return { kind: "file", ...this.#facts(1), bytes: new PagedBytes(this.quota) };
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

class MemoryFile implements OpenFile {
  readonly kind = "file";
  readonly filetype = Filetype.regularFile;
  readonly #tree: MemoryFiles;
  readonly #inode: FileInode;

  constructor(tree: MemoryFiles, inode: FileInode) {
    this.#tree = tree;
    this.#inode = inode;
    inode.openCount++;
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

class MemoryDirectory implements OpenDirectory {
  readonly kind = "directory";
  readonly filetype = Filetype.directory;
  readonly tree: MemoryFiles;
  readonly inode: DirectoryInode;

  constructor(tree: MemoryFiles, inode: DirectoryInode) {
    this.tree = tree;
    this.inode = inode;
  }

  stat(): FileStat {
    return statOf(this.inode);
  }

  setTimes(times: Times): number {
    return this.tree.setTimes(this.inode, times);
  }

  sync(): number {
    return Errno.success;
  }

  close(): number {
    return Errno.success;
  }

  reopen(): OpenDirectory {
    return new MemoryDirectory(this.tree, this.inode);
  }

  enter(name: string): OpenDirectory | number {
    const inode = this.#find(name);
    if (inode === undefined) return Errno.noent;
    if (inode.kind === "link") return Errno.loop;
    return inode.kind === "directory" ? new MemoryDirectory(this.tree, inode) : Errno.notdir;
  }

  open(name: string, request: OpenRequest): OpenDirectory | OpenFile | number {
    const inode = this.#find(name);
    if (inode === undefined) return this.#create(name, request);
    if (request.isCreate && request.isExclusive) return Errno.exist;
    if (inode.kind === "link") return Errno.loop;
    if (inode.kind === "directory") {
      const isReading = (request.access & Access.write) === 0 && !request.isCreate;
      return isReading && !request.isTruncate ? this.enter(name) : Errno.isdir;
    }
    if (request.isDirectory) return Errno.notdir;
    const file = new MemoryFile(this.tree, inode);
    if (request.isTruncate) file.setSize(0);
    return file;
  }

  #create(name: string, request: OpenRequest): OpenFile | number {
    if (!request.isCreate || this.#isRemoved) return Errno.noent;
    const inode = this.tree.newFile();
    this.#put(name, inode);
    return new MemoryFile(this.tree, inode);
  }

  statAt(name: string): FileStat | number {
    const inode = this.#find(name);
    return inode === undefined ? Errno.noent : statOf(inode);
  }

  setTimesAt(name: string, times: Times): number {
    const inode = this.#find(name);
    return inode === undefined ? Errno.noent : this.tree.setTimes(inode, times);
  }

  readLink(name: string): string | number {
    const inode = this.#find(name);
    if (inode === undefined) return Errno.noent;
    return inode.kind === "link" ? inode.target : Errno.inval;
  }

  makeDirectory(name: string): number {
    const refused = this.#refuseNew(name);
    if (refused !== 0) return refused;
    this.#put(name, this.tree.newDirectory(this.inode));
    this.inode.links++;
    return Errno.success;
  }

  removeDirectory(name: string): number {
    const inode = this.#find(name);
    if (inode === undefined) return Errno.noent;
    if (inode.kind !== "directory") return Errno.notdir;
    if (inode.entries.size > 0) return Errno.notempty;
    this.#take(name);
    return Errno.success;
  }

  unlink(name: string): number {
    const inode = this.#find(name);
    if (inode === undefined) return Errno.noent;
    if (inode.kind === "directory") return Errno.isdir;
    this.#take(name);
    return Errno.success;
  }

  symlink(target: string, name: string): number {
    const refused = this.#refuseNew(name);
    if (refused === 0) this.#put(name, this.tree.newLink(target));
    return refused;
  }

  link(name: string, to: OpenDirectory, toName: string): number {
    if (!(to instanceof MemoryDirectory) || to.tree !== this.tree) return Errno.xdev;
    const inode = this.#find(name);
    if (inode === undefined) return Errno.noent;
    const refused = to.#refuseNew(toName);
    if (refused !== 0) return refused;
    if (inode.kind === "directory") return Errno.perm;
    inode.links++;
    inode.changed = this.tree.nowNs();
    to.#put(toName, inode);
    return Errno.success;
  }

  rename(name: string, to: OpenDirectory, toName: string): number {
    if (!(to instanceof MemoryDirectory) || to.tree !== this.tree) return Errno.xdev;
    const inode = this.#find(name);
    if (inode === undefined || to.#isRemoved) return Errno.noent;
    const target = to.#find(toName);
    if (inode === target) return Errno.success;
    const refused = refuseReplacing(inode, target, to.inode);
    if (refused !== 0) return refused;
    if (target !== undefined) to.#take(toName);
    this.inode.entries.delete(name);
    this.tree.touch(this.inode);
    if (inode.kind === "directory") {
      this.inode.links--;
      to.inode.links++;
      inode.parent = to.inode;
    }
    to.#put(toName, inode);
    inode.changed = this.tree.nowNs();
    return Errno.success;
  }

  *#entriesAfter(after: number): Iterable<ListedEntry> {
    for (const [name, { inode, cookie }] of this.inode.entries) {
      if (cookie <= after) continue;
      yield { name, inode: inode.inode, filetype: filetypeOf(inode), cookie };
    }
  }

  entries(after: number): Iterable<ListedEntry> {
    return this.#entriesAfter(after);
  }

  parentInode(): bigint {
    return (this.inode.parent ?? this.inode).inode;
  }

  get #isRemoved(): boolean {
    return this.inode.parent === undefined;
  }

  #find(name: string): Inode | undefined {
    return this.inode.entries.get(name)?.inode;
  }

  #refuseNew(name: string): number {
    if (this.inode.entries.has(name)) return Errno.exist;
    return this.#isRemoved ? Errno.noent : Errno.success;
  }

  #put(name: string, inode: Inode): void {
    putEntry(this.inode, name, inode);
    this.tree.touch(this.inode);
  }

  /** Removes a name, and one link of what it named; an empty directory is gone with its name. */
  #take(name: string): void {
    const inode = this.#find(name);
    if (inode === undefined) return;
    this.inode.entries.delete(name);
    this.tree.touch(this.inode);
    inode.changed = this.tree.nowNs();
    if (inode.kind === "directory") {
      inode.links = 0;
      inode.parent = undefined;
      this.inode.links--;
    } else {
      inode.links--;
    }
    dropIfUnused(inode);
  }
}

/** Why an inode cannot take the name that `target` has in `directory`, or 0. */
function refuseReplacing(
  inode: Inode,
  target: Inode | undefined,
  directory: DirectoryInode,
): number {
  if (inode.kind === "directory") {
    if (isWithin(directory, inode)) return Errno.inval;
    if (target !== undefined && target.kind !== "directory") return Errno.notdir;
    const isEmpty = target === undefined || target.entries.size === 0;
    return isEmpty ? Errno.success : Errno.notempty;
  }
  return target?.kind === "directory" ? Errno.isdir : Errno.success;
}
