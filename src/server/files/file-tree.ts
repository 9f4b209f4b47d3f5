// What a file server is made of: an open directory and what can be done in it, one name at a time. The
// kinds of server (memory, host directory, read-only) implement these two interfaces; walking paths,
// handles and messages are the same for all of them.
//
// Names are byte strings: a character per byte, never a slash, never "." or "..", 1 to 255 long. No
// method follows a symbolic link: one that meets a link where it needs something else answers
// `Errno.loop`. A refusal is an errno; where a count is answered, a refusal is its negative.
import type { StateData } from "../../userlib/index.ts";

export interface FileStat {
  readonly device: bigint;
  readonly inode: bigint;
  readonly filetype: number;
  readonly links: bigint;
  readonly size: bigint;
  /** Nanoseconds since 1970. */
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
}

/** Times to set; those left out stay as they are. */
export interface Times {
  readonly accessed: bigint | undefined;
  readonly modified: bigint | undefined;
}

export interface OpenRequest {
  /** A set of `Access`. */
  readonly access: number;
  readonly isCreate: boolean;
  readonly isExclusive: boolean;
  readonly isTruncate: boolean;
  /** Anything but a directory is refused. */
  readonly isDirectory: boolean;
}

/** What every open thing answers. */
export interface OpenNode {
  readonly filetype: number;
  stat(): FileStat | number;
  setTimes(times: Times): number;
  sync(isDataOnly: boolean): number;
  close(): number;
}

export interface OpenFile extends OpenNode {
  readonly kind: "file";
  /** Fills `into` from `offset` on; answers how much there was, 0 at the end. */
  read(offset: number, into: Uint8Array): number;
  /** `flags` is a set of `FdFlag`: append ignores the offset, the sync flags make it durable. */
  write(offset: number, bytes: Uint8Array, flags: number): number;
  size(): number;
  setSize(bytes: number): number;
  /** Makes the file at least that long. */
  allocate(bytes: number): number;
}

export interface ListedEntry {
  readonly name: string;
  readonly inode: bigint;
  readonly filetype: number;
  /** Where a listing goes on after this entry: above 2, and its own for as long as the entry lives. */
  readonly cookie: number;
}

export interface OpenDirectory extends OpenNode {
  readonly kind: "directory";
  /** Another handle on the same directory. */
  reopen(): OpenDirectory | number;
  /** Opens a directory in it on the way to something else. */
  enter(name: string): OpenDirectory | number;
  open(name: string, request: OpenRequest): OpenDirectory | OpenFile | number;
  /**
   * The same for a path of plain names, without ".." and links, in one step. Undefined if it has to be
   * walked name by name.
   */
  enterPath?(path: string): OpenDirectory | number | undefined;
  /** The others take a path as the bytes that came. */
  openPath?(path: Uint8Array, request: OpenRequest): OpenFile | number | undefined;
  /** Writes a filestat to `out`, which is the same buffer each time. A link at the end is undefined. */
  statPath?(path: Uint8Array, out: Uint8Array): number | undefined;
  makeDirectoryPath?(path: Uint8Array): number | undefined;
  removeDirectoryPath?(path: Uint8Array): number | undefined;
  unlinkPath?(path: Uint8Array): number | undefined;
  /** Two paths, one after the other; the first has `bytes`. `to` is a directory of the same server. */
  renamePath?(paths: Uint8Array, bytes: number, to: OpenDirectory): number | undefined;
  statAt(name: string): FileStat | number;
  setTimesAt(name: string, times: Times): number;
  /** The target of a symbolic link; `Errno.inval` for anything else. */
  readLink(name: string): string | number;
  makeDirectory(name: string): number;
  removeDirectory(name: string): number;
  unlink(name: string): number;
  symlink(target: string, name: string): number;
  /** `to` is a directory of the same server. */
  link(name: string, to: OpenDirectory, toName: string): number;
  rename(name: string, to: OpenDirectory, toName: string): number;
  /** The entries whose cookie is above `after`, in the order of their cookies; 2 begins anew. */
  entries(after: number): Iterable<ListedEntry> | number;
  /** Inode of the directory above; its own for a root. */
  parentInode(): bigint;
}

/** A root, and the way to compare two handles of one tree. */
export interface FileTree {
  root(): OpenDirectory;
  /** Nanoseconds since 1970, for times that are to be "now". */
  nowNs(): bigint;
  /**
   * Where these open things are, in their order, and all of the tree that is lost with its server. A tree
   * without it cannot be captured while anything of it is open.
   *
   * @throws ClientStateError if one of them could not be found again
   */
  exportNodes?(opened: readonly OpenedNode[]): StateData;
  /**
   * Makes the tree what it was, if it was lost, and opens the same things again, in the same order.
   *
   * @throws ClientStateError if one of them is gone, or is not what it was
   */
  importNodes?(state: StateData): OpenedNode[];
}

/** Something open, with the access that it was opened with. */
export interface OpenedNode {
  readonly node: OpenDirectory | OpenFile;
  readonly access: number;
}
