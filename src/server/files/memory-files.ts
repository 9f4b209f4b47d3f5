// A file tree in memory. Listings go by cookies that an entry keeps for as long as it lives and that
// only grow, so a program reading a directory meets every entry that was there all the time once,
// whatever comes and goes meanwhile.
import { Access, ClientStateError, Errno, Filetype, type StateData } from "../../userlib/index.ts";
import type {
  FileStat,
  FileTree,
  ListedEntry,
  OpenDirectory,
  OpenedNode,
  OpenFile,
  OpenRequest,
  Times,
} from "./file-tree.ts";
import { MemoryFile, MemoryState } from "./memory-file.ts";
import {
  dropIfUnused,
  filetypeOf,
  isWithin,
  putEntry,
  statOf,
  type DirectoryInode,
  type Inode,
} from "./memory-inode.ts";

import {
  inodeNamed,
  inodesFrom,
  makeInodes,
  stateOf,
  treeData,
  type TreeState,
} from "./memory-states.ts";

const defaultBytesMax = 2 ** 32;

export interface MemoryFilesOptions {
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** What all files together may hold. */
  readonly bytesMax?: number;
}

export class MemoryFiles implements FileTree {
  readonly #state: MemoryState;
  readonly #root: DirectoryInode;

  constructor({ nowNs, bytesMax = defaultBytesMax }: MemoryFilesOptions) {
    this.#state = new MemoryState(nowNs, bytesMax);
    this.#root = this.#state.newDirectory(undefined);
    this.#root.parent = this.#root;
  }

  root(): OpenDirectory {
    return new MemoryDirectory(this.#state, this.#root);
  }

  nowNs(): bigint {
    return this.#state.nowNs();
  }

  exportNodes(opened: readonly OpenedNode[]): StateData {
    const nodes = opened.map(({ node, access }) => {
      if (node instanceof MemoryDirectory || node instanceof MemoryFile) return { node, access };
      throw new ClientStateError("Something is open in the tree that is not of the tree.");
    });
    const inodes = inodesFrom([this.#root, ...nodes.map(({ node }) => node.inode)]);
    return treeData({
      root: `${this.#root.inode}`,
      nextInode: `${this.#state.nextInode}`,
      inodes: inodes.map(stateOf),
      opened: nodes.map(({ node, access }) => ({ inode: `${node.inode.inode}`, access })),
    });
  }

  /** The root becomes what it was; those who have it open have it still. */
  importNodes(data: StateData): OpenedNode[] {
    // Made by `exportNodes`, and out of an image whose digest was right.
    const state = data as unknown as TreeState;
    const inodes = makeInodes(state, () => this.#state.newBytes());
    this.#state.nextInode = BigInt(state.nextInode);
    this.#adopt(inodeNamed(inodes, state.root));
    return state.opened.map(({ inode, access }) => {
      const found = inodeNamed(inodes, inode);
      if (found.kind === "file") return { node: new MemoryFile(this.#state, found), access };
      if (found.kind === "directory") return { node: this.#directory(found), access };
      throw new ClientStateError("The image has a link open, which cannot be.");
    });
  }

  /** Handles of the root lead to one inode, which takes over what another holds. */
  #adopt(root: Inode): void {
    if (root.kind !== "directory") throw new ClientStateError("The image has a root of no kind.");
    for (const [name, entry] of root.entries) {
      this.#root.entries.set(name, entry);
      if (entry.inode.kind === "directory") entry.inode.parent = this.#root;
    }
    const { links, accessed, modified, changed, nextCookie } = root;
    Object.assign(this.#root, { links, accessed, modified, changed, nextCookie });
  }

  #directory(inode: DirectoryInode): OpenDirectory {
    const isRoot = inode.inode === this.#root.inode;
    return new MemoryDirectory(this.#state, isRoot ? this.#root : inode);
  }
}

class MemoryDirectory implements OpenDirectory {
  readonly kind = "directory";
  readonly filetype = Filetype.directory;
  readonly tree: MemoryState;
  readonly inode: DirectoryInode;

  constructor(tree: MemoryState, inode: DirectoryInode) {
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
    // Of two reasons, Linux gives that the target is above the source before that it is a directory.
    if (refused !== Errno.inval && isAbove(target, this.inode)) return Errno.notempty;
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

/** Whether what is to be replaced holds the directory from which something moves. */
function isAbove(target: Inode | undefined, directory: DirectoryInode): boolean {
  return target?.kind === "directory" && isWithin(directory, target);
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
