// What a host has to offer for one of its directories to be served: the calls of POSIX that take an
// open directory and one name in it. None of them follows a symbolic link. `at` and `fd` are the
// host's own numbers of open things. A count or a number below zero is a negative errno; a plain
// errno is 0 or above.
import type { FileStat } from "./file-tree.ts";

export interface HostOpen {
  /** A set of `Access`. */
  readonly access: number;
  readonly isCreate: boolean;
  readonly isExclusive: boolean;
  readonly isTruncate: boolean;
}

export interface HostEntry {
  readonly name: string;
  readonly inode: bigint;
  /** Undefined if the directory does not tell it. */
  readonly filetype: number | undefined;
}

export interface HostFiles {
  /** Nanoseconds since 1970. */
  nowNs(): bigint;
  /** Opens the directory that is granted. Throws if it is not there. */
  openRoot(path: string): number;
  /** Opens a directory to go on from; a symbolic link is `-Errno.loop`. */
  enter(at: number, name: string): number;
  open(at: number, name: string, how: HostOpen): number;
  /**
   * The same for a path of plain names, in one step. Undefined if that cannot be done, as when there is
   * a link on the way: then it is walked name by name.
   */
  enterPath?(at: number, path: string): number | undefined;
  /** The others take a path as the bytes that came, of which they look whether it is one of plain names. */
  openPath?(at: number, path: Uint8Array, how: HostOpen): number | undefined;
  /** Writes a filestat to `out`, which is the same buffer each time. A link at the end is undefined. */
  statPath?(at: number, path: Uint8Array, out: Uint8Array): number | undefined;
  makeDirectoryPath?(at: number, path: Uint8Array): number | undefined;
  removeDirectoryPath?(at: number, path: Uint8Array): number | undefined;
  unlinkPath?(at: number, path: Uint8Array): number | undefined;
  /** Two paths, one after the other; the first has `bytes`. */
  renamePath?(at: number, paths: Uint8Array, bytes: number, toAt: number): number | undefined;
  /** Another number for the same directory. */
  reopenDirectory(at: number): number;
  /** The same file, opened so that every write goes to its end. */
  reopenAppending(fd: number): number;
  close(fd: number): number;
  /** The absolute path under which something open is found now, if that can be told. */
  pathOf(fd: number): string | number;

  stat(fd: number): FileStat | number;
  /** The type and size of what is open, which are cheaper to know than all; below zero an errno. */
  filetype(fd: number): number;
  size(fd: number): number;
  statAt(at: number, name: string): FileStat | number;
  parentStat(at: number): FileStat | number;
  read(fd: number, offset: number, into: Uint8Array): number;
  /** Without an offset, where the host has it. */
  write(fd: number, offset: number | undefined, bytes: Uint8Array): number;
  setSize(fd: number, bytes: number): number;
  /** Makes a file that is shorter that long, with room for all of it where the host can promise that. */
  allocate(fd: number, bytes: number): number;
  sync(fd: number, isDataOnly: boolean): number;
  setTimes(fd: number, accessedNs: bigint, modifiedNs: bigint): number;
  setTimesAt(at: number, name: string, accessedNs: bigint, modifiedNs: bigint): number;

  names(at: number): readonly string[] | number;
  /** The same with what else the directory tells of each; undefined if that cannot be had. */
  entries?(at: number): readonly HostEntry[] | undefined;
  /**
   * What is another number after a name in the directory was removed or came to mean something else, as far
   * as the host's clock tells two moments apart. Undefined if it cannot be told.
   */
  version?(at: number): bigint | undefined;
  readLink(at: number, name: string): string | number;
  makeDirectory(at: number, name: string): number;
  removeDirectory(at: number, name: string): number;
  unlink(at: number, name: string): number;
  symlink(target: string, at: number, name: string): number;
  link(at: number, name: string, toAt: number, toName: string): number;
  rename(at: number, name: string, toAt: number, toName: string): number;
}
