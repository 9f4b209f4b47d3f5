// A tree in memory in an image: every inode that a name or an open handle leads to, with its bytes, and the
// names. Inodes are known by their numbers, which they keep.
import { ClientStateError, type StateData } from "../../userlib/index.ts";
import type { DirectoryInode, Inode, InodeFacts } from "./memory-inode.ts";
import type { PagedBytes } from "./paged-bytes.ts";

interface InodeState {
  readonly inode: string;
  readonly links: number;
  readonly accessed: string;
  readonly modified: string;
  readonly changed: string;
  readonly kind: "file" | "link" | "directory";
  readonly target: string;
  /** Of a file: its size, and the pages in which something was written. */
  readonly size: number;
  readonly pages: readonly { readonly index: number; readonly bytes: Uint8Array }[];
  /** Of a directory: the one above, or "" if it was removed. */
  readonly parent: string;
  readonly nextCookie: number;
  readonly entries: readonly {
    readonly name: string;
    readonly inode: string;
    readonly cookie: number;
  }[];
}

/** The root, and the inode of every open thing, in their order. */
export interface TreeState {
  readonly root: string;
  readonly nextInode: string;
  readonly inodes: readonly InodeState[];
  readonly opened: readonly { readonly inode: string; readonly access: number }[];
}

/** All inodes that can be reached from these. */
export function inodesFrom(inodes: readonly Inode[]): Inode[] {
  const found = new Set<Inode>();
  const visit = (inode: Inode): void => {
    if (found.has(inode)) return;
    found.add(inode);
    if (inode.kind !== "directory") return;
    for (const entry of inode.entries.values()) visit(entry.inode);
  };
  inodes.forEach(visit);
  return [...found];
}

export function treeData({ root, nextInode, inodes, opened }: TreeState): StateData {
  return {
    root,
    nextInode,
    inodes: inodes.map((inode) => ({
      ...inode,
      pages: inode.pages.map(({ index, bytes }) => ({ index, bytes })),
      entries: inode.entries.map((entry) => ({ ...entry })),
    })),
    opened: opened.map(({ inode, access }) => ({ inode, access })),
  };
}

export function stateOf(inode: Inode): InodeState {
  const { kind, links } = inode;
  const times = {
    accessed: `${inode.accessed}`,
    modified: `${inode.modified}`,
    changed: `${inode.changed}`,
  };
  const isFile = inode.kind === "file";
  const isDirectory = inode.kind === "directory";
  return {
    inode: `${inode.inode}`,
    links,
    ...times,
    kind,
    target: inode.kind === "link" ? inode.target : "",
    size: isFile ? inode.bytes.size : 0,
    pages: isFile ? inode.bytes.exportPages() : [],
    parent: isDirectory && inode.parent !== undefined ? `${inode.parent.inode}` : "",
    nextCookie: isDirectory ? inode.nextCookie : 0,
    entries: isDirectory ? entriesOf(inode) : [],
  };
}

function entriesOf({ entries }: DirectoryInode): InodeState["entries"] {
  return [...entries].map(([name, { inode, cookie }]) => ({
    name,
    inode: `${inode.inode}`,
    cookie,
  }));
}

/** Makes all inodes of a state, joined as they were; `newBytes` makes the bytes of a file. */
export function makeInodes(state: TreeState, newBytes: () => PagedBytes): Map<string, Inode> {
  const made = new Map(state.inodes.map((one) => [one.inode, makeInode(one, newBytes)]));
  for (const { inode, parent, entries } of state.inodes) {
    const directory = made.get(inode);
    if (directory?.kind !== "directory") continue;
    const above = made.get(parent);
    directory.parent = above?.kind === "directory" ? above : undefined;
    for (const { name, inode: named, cookie } of entries) {
      directory.entries.set(name, { inode: inodeNamed(made, named), cookie });
    }
  }
  return made;
}

export function inodeNamed(made: ReadonlyMap<string, Inode>, inode: string): Inode {
  const found = made.get(inode);
  if (found !== undefined) return found;
  throw new ClientStateError(`The image names a file in memory that it does not have: ${inode}.`);
}

function makeInode(state: InodeState, newBytes: () => PagedBytes): Inode {
  const facts: InodeFacts = {
    inode: BigInt(state.inode),
    links: state.links,
    openCount: 0,
    accessed: BigInt(state.accessed),
    modified: BigInt(state.modified),
    changed: BigInt(state.changed),
  };
  if (state.kind === "link") return { ...facts, kind: "link", target: state.target };
  if (state.kind === "directory") {
    const { nextCookie } = state;
    return { ...facts, kind: "directory", entries: new Map(), parent: undefined, nextCookie };
  }
  const bytes = newBytes();
  if (!bytes.importPages(state.size, state.pages)) {
    throw new ClientStateError("The files in memory have become too large for their directory.");
  }
  return { ...facts, kind: "file", bytes };
}
