// An open directory of an overlay: which part of it answers a call, and what has to be copied up before.
import { Access, Errno, Filetype } from "../../userlib/index.ts";
import type {
  FileStat,
  ListedEntry,
  OpenDirectory,
  OpenFile,
  OpenRequest,
  Times,
} from "./file-tree.ts";
import { copyUp } from "./overlay-copy-up.ts";
import { OverlayFile } from "./overlay-file.ts";
import { type Found, isReserved, type OverlayNode } from "./overlay-node.ts";
import { rename } from "./overlay-rename.ts";

/** Cookies below are those of "." and "..". */
const firstCookie = 3;

export class OverlayDirectory implements OpenDirectory {
  readonly kind = "directory";
  readonly filetype = Filetype.directory;
  readonly node: OverlayNode;
  /** What the directory held when its reading began: cookies count on this list. */
  #names: readonly string[] | undefined;

  constructor(node: OverlayNode) {
    this.node = node;
  }

  stat(): FileStat | number {
    return this.node.stat();
  }

  setTimes(times: Times): number {
    const upper = this.node.above();
    return typeof upper === "number" ? upper : upper.setTimes(times);
  }

  sync(isDataOnly: boolean): number {
    return (this.node.upper ?? this.node.lower)?.sync(isDataOnly) ?? Errno.success;
  }

  close(): number {
    this.node.release();
    return Errno.success;
  }

  reopen(): OpenDirectory {
    return new OverlayDirectory(this.node.retain());
  }

  enter(name: string): OpenDirectory | number {
    const node = this.node.child(name);
    return typeof node === "number" ? node : new OverlayDirectory(node);
  }

  open(name: string, request: OpenRequest): OpenDirectory | OpenFile | number {
    const found = this.node.find(name);
    if (typeof found === "number") return this.#create(name, request, found);
    if (request.isCreate && request.isExclusive) return Errno.exist;
    const { filetype } = found.stat;
    if (filetype === Filetype.symbolicLink) return Errno.loop;
    if (filetype === Filetype.directory) {
      const isChange = (request.access & Access.write) !== 0 || request.isTruncate;
      return isChange || request.isCreate ? Errno.isdir : this.enter(name);
    }
    if (request.isDirectory) return Errno.notdir;
    return this.#openFile(name, request, found);
  }

  #openFile(name: string, request: OpenRequest, found: Found): OpenFile | number {
    const isChange = (request.access & Access.write) !== 0 || request.isTruncate;
    const isUpper = found.isUpper || isChange;
    if (isChange) {
      const refused = copyUp(this.node, name, found, request.isTruncate);
      if (refused !== 0) return refused;
    }
    const from = isUpper ? this.node.upper : this.node.lower;
    const file = from?.open(name, { ...request, isCreate: false }) ?? Errno.noent;
    return this.#opened(file, isUpper, name);
  }

  #opened(
    file: OpenFile | OpenDirectory | number,
    isUpper: boolean,
    name: string,
  ): OpenFile | number {
    if (typeof file === "number") return file;
    if (file.kind === "file") {
      return new OverlayFile(file, isUpper, this.node, name);
    }
    // Replaced by a directory since it was looked at.
    file.close();
    return Errno.isdir;
  }

  #create(name: string, request: OpenRequest, why: number): OpenFile | number {
    if (why !== Errno.noent || !request.isCreate) return why;
    if (isReserved(name)) return Errno.inval;
    const upper = this.node.above();
    if (typeof upper === "number") return upper;
    return this.#opened(upper.open(name, request), true, name);
  }

  statAt(name: string): FileStat | number {
    return this.node.statAt(name);
  }

  setTimesAt(name: string, times: Times): number {
    const found = this.node.find(name);
    if (typeof found === "number") return found;
    if (found.stat.filetype === Filetype.directory) {
      const directory = this.enter(name);
      if (typeof directory === "number") return directory;
      const refused = directory.setTimes(times);
      directory.close();
      return refused;
    }
    const refused = copyUp(this.node, name, found);
    return refused === 0 ? this.node.upper!.setTimesAt(name, times) : refused;
  }

  readLink(name: string): string | number {
    const found = this.node.find(name);
    if (typeof found === "number") return found;
    const from = found.isUpper ? this.node.upper : this.node.lower;
    return from?.readLink(name) ?? Errno.noent;
  }

  makeDirectory(name: string): number {
    return this.#addNew(name, (upper) => upper.makeDirectory(name));
  }

  symlink(target: string, name: string): number {
    return this.#addNew(name, (upper) => upper.symlink(target, name));
  }

  #addNew(name: string, add: (upper: OpenDirectory) => number): number {
    const refused = this.#refuseNew(name);
    if (refused !== 0) return refused;
    const upper = this.node.above();
    return typeof upper === "number" ? upper : add(upper);
  }

  #refuseNew(name: string): number {
    if (isReserved(name)) return Errno.inval;
    const found = this.node.find(name);
    if (typeof found !== "number") return Errno.exist;
    return found === Errno.noent ? Errno.success : found;
  }

  removeDirectory(name: string): number {
    const found = this.node.find(name);
    if (typeof found === "number") return found;
    if (found.stat.filetype !== Filetype.directory) return Errno.notdir;
    const child = this.node.child(name);
    if (typeof child === "number") return child;
    try {
      if (child.names().size > 0) return Errno.notempty;
      const refused = this.node.hide(name);
      if (refused !== 0) return refused;
      child.clearMarks();
      const removed = found.isUpper ? this.node.upper!.removeDirectory(name) : Errno.success;
      if (removed === 0) this.node.forget(name);
      return removed;
    } finally {
      child.release();
    }
  }

  unlink(name: string): number {
    const found = this.node.find(name);
    if (typeof found === "number") return found;
    if (found.stat.filetype === Filetype.directory) return Errno.isdir;
    const refused = this.node.hide(name);
    if (refused !== 0) return refused;
    this.node.forget(name);
    if (!found.isUpper) return Errno.success;
    this.node.identities.unlinked(found.stat);
    return this.node.upper!.unlink(name);
  }

  link(name: string, to: OpenDirectory, toName: string): number {
    if (!(to instanceof OverlayDirectory) || !this.#isOfOne(to)) return Errno.xdev;
    const found = this.node.find(name);
    if (typeof found === "number") return found;
    const refused = to.#refuseNew(toName);
    if (refused !== 0) return refused;
    if (found.stat.filetype === Filetype.directory) return Errno.perm;
    const copied = copyUp(this.node, name, found);
    if (copied !== 0) return copied;
    const upper = to.node.above();
    return typeof upper === "number" ? upper : this.node.upper!.link(name, upper, toName);
  }

  rename(name: string, to: OpenDirectory, toName: string): number {
    if (!(to instanceof OverlayDirectory) || !this.#isOfOne(to)) return Errno.xdev;
    return rename(this.node, name, to.node, toName);
  }

  #isOfOne(other: OverlayDirectory): boolean {
    return this.node.identities === other.node.identities;
  }

  entries(after: number): Iterable<ListedEntry> {
    if (after < firstCookie || this.#names === undefined) {
      this.#names = [...this.node.names()].sort();
    }
    return this.#entriesAfter(after);
  }

  *#entriesAfter(after: number): Iterable<ListedEntry> {
    const names = this.#names ?? [];
    for (let i = Math.max(0, after - firstCookie + 1); i < names.length; i++) {
      const stat = this.statAt(names[i]);
      // Removed since the reading began.
      if (typeof stat === "number") continue;
      yield { name: names[i], inode: stat.inode, filetype: stat.filetype, cookie: firstCookie + i };
    }
  }

  parentInode(): bigint {
    const stat = (this.node.parent ?? this.node).stat();
    return typeof stat === "number" ? 0n : stat.inode;
  }
}
