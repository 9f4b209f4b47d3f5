// The inodes of a tree in memory: files, directories, links. Plain state; what may be done to them, and
// with which errno it is refused, is in memory-files.ts. An inode lives while a name or an open handle
// refers to it: when the last of both is gone, its bytes go back to the quota.
import { Filetype } from "../../userlib/index.ts";
import type { FileStat } from "./file-tree.ts";
import type { PagedBytes } from "./paged-bytes.ts";

export interface InodeFacts {
  readonly inode: bigint;
  links: number;
  openCount: number;
  accessed: bigint;
  modified: bigint;
  changed: bigint;
}

export interface FileInode extends InodeFacts {
  readonly kind: "file";
  readonly bytes: PagedBytes;
}

export interface LinkInode extends InodeFacts {
  readonly kind: "link";
  readonly target: string;
}

export interface DirectoryInode extends InodeFacts {
  readonly kind: "directory";
  readonly entries: Map<string, DirectoryEntry>;
  /** The directory above; a root is its own. Undefined once it was removed. */
  parent: DirectoryInode | undefined;
  nextCookie: number;
}

export type Inode = FileInode | LinkInode | DirectoryInode;

export interface DirectoryEntry {
  readonly inode: Inode;
  readonly cookie: number;
}

const filetypes = {
  file: Filetype.regularFile,
  link: Filetype.symbolicLink,
  directory: Filetype.directory,
} as const;

export function filetypeOf(inode: Inode): number {
  return filetypes[inode.kind];
}

function sizeOf(inode: Inode): number {
  if (inode.kind === "file") return inode.bytes.size;
  return inode.kind === "link" ? inode.target.length : inode.entries.size;
}

export function statOf(inode: Inode): FileStat {
  return {
    device: 1n,
    inode: inode.inode,
    filetype: filetypeOf(inode),
    links: BigInt(inode.links),
    size: BigInt(sizeOf(inode)),
    accessed: inode.accessed,
    modified: inode.modified,
    changed: inode.changed,
  };
}

/** Gives a name in a directory to an inode, at the end of its listing. */
export function putEntry(directory: DirectoryInode, name: string, inode: Inode): void {
  directory.entries.delete(name);
  directory.entries.set(name, { inode, cookie: directory.nextCookie++ });
}

/** Whether a directory is another, or below it. */
export function isWithin(directory: DirectoryInode, other: DirectoryInode): boolean {
  let at: DirectoryInode | undefined = directory;
  while (at !== undefined && at !== other) at = at.parent === at ? undefined : at.parent;
  return at === other;
}

/** One name or handle fewer: without any, the bytes of a file are given back. */
export function dropIfUnused(inode: Inode): void {
  if (inode.kind === "file" && inode.links === 0 && inode.openCount === 0) inode.bytes.resize(0);
}
