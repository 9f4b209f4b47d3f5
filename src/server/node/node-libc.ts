// The calls that Node does not have, made directly in the C library of Linux: openat2 walks a whole path below
// an open directory in one call, refusing every link and every way out of it, where node:fs takes three calls
// for each name. It is a fast path and nothing else: what it is not sure of it answers `doubt`, and node:fs
// decides. Errors too: `errno` is read in a second call, and what the engine does in between could change it,
// so only errors that the engine has no way to cause are told.
//
// It costs two to four milliseconds to load, which some dozens of paths earn back.
import { constants } from "node:fs";
import { Errno } from "../../userlib/index.ts";
import type { FileStat, HostEntry } from "../files/index.ts";
import { firstPath, LibCCalls, secondPath } from "./libc-calls.ts";
import { type LibraryOfC, loadLibraryOfC } from "./libc-library.ts";
import { LibCListing } from "./libc-listing.ts";
import { LibCPaths } from "./libc-paths.ts";
import { LibCTransfer } from "./libc-transfer.ts";
import { fileStatAt, sizeAt, statxFiletype } from "./node-statx.ts";
import { doubt } from "./system-calls.ts";

/** -100, as 64 bits. */
const currentDirectory = BigInt.asUintN(64, -100n);
const { O_DIRECTORY, O_NOFOLLOW } = constants;
/** Not among Node's constants; the same on every architecture. */
const pathOnly = 0o10000000;
const removeDirectoryFlag = 0x200;

let loaded: LibC | undefined;
let isLoaded = false;

/** The library, once per thread. Undefined where there is none, or no way to call it. */
export function libC(): LibC | undefined {
  if (!isLoaded) loaded = LibC.load();
  isLoaded = true;
  return loaded;
}

export class LibC {
  /** Kept for as long as its functions are called. */
  readonly library: LibraryOfC["library"];
  /** What is read and written through it. */
  readonly transfer: LibCTransfer;
  /** What is done with the paths of programs. */
  readonly paths: LibCPaths;
  readonly #listing: LibCListing;
  readonly #calls: LibCCalls;

  /** Undefined where there is no such library, or no way to call it. */
  static load(library: LibraryOfC | undefined = loadLibraryOfC()): LibC | undefined {
    try {
      return library === undefined ? undefined : new LibC(library);
    } catch {
      return undefined;
    }
  }

  private constructor(library: LibraryOfC) {
    this.library = library.library;
    this.transfer = new LibCTransfer(library);
    this.#listing = new LibCListing(library);
    this.#calls = new LibCCalls(library);
    this.paths = new LibCPaths(this.#calls);
    this.#calls.put(firstPath, ".");
    // Where the kernel is too old for the call, or something forbids it, that shows here.
    const flags = O_DIRECTORY | pathOnly;
    const here = this.#calls.openBeneath(currentDirectory, firstPath, flags, 0);
    if (here < 0) throw new RangeError("openat2 cannot be called here");
    this.#calls.close(here);
  }

  /** Opens what a path leads to, as long as no link is in it. Answers a descriptor. */
  open(at: number, path: string, flags: number, mode: number): number {
    if (!this.#calls.put(firstPath, path)) return doubt;
    // One name leads nowhere else, if it is no link: that needs no walk.
    const isName = (flags & O_NOFOLLOW) !== 0 && !path.includes("/") && path !== "..";
    if (isName) return this.#calls.open(at, firstPath, flags, mode);
    return this.#calls.openBeneath(at, firstPath, flags, mode);
  }

  /** Closes what was opened here; `doubt` for anything else. It is closed whatever is answered. */
  close(fd: number): number {
    this.paths.forget(fd);
    return this.#calls.close(fd);
  }

  /** Opens a directory to go on from. */
  enter(at: number, path: string): number {
    const fd = this.open(at, path, O_DIRECTORY | O_NOFOLLOW | pathOnly, 0);
    // It may be a link that is no directory.
    return fd === -Errno.notdir ? doubt : fd;
  }

  statAt(at: number, name: string): FileStat | number {
    if (!this.#calls.put(firstPath, name)) return doubt;
    const result = this.#calls.statAt(at, firstPath);
    return result === 0 ? fileStatAt(this.#calls.view) : result;
  }

  /** What a directory holds, in the order of the names. */
  entries(at: number): HostEntry[] | undefined {
    const fd = this.open(at, ".", O_DIRECTORY | O_NOFOLLOW, 0);
    if (fd < 0) return undefined;
    const entries = this.#listing.read(fd);
    this.close(fd);
    return entries?.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  stat(fd: number): FileStat | number {
    return this.#calls.statOf(fd) === 0 ? fileStatAt(this.#calls.view) : doubt;
  }

  filetype(fd: number): number {
    return this.#calls.statOf(fd) === 0 ? statxFiletype(this.#calls.statx) : doubt;
  }

  size(fd: number): number {
    return this.#calls.statOf(fd) === 0 ? sizeAt(this.#calls.statx) : doubt;
  }

  unlink(at: number, name: string): number {
    return this.#calls.put(firstPath, name) ? this.#calls.unlink(at, firstPath, 0) : doubt;
  }

  removeDirectory(at: number, name: string): number {
    if (!this.#calls.put(firstPath, name)) return doubt;
    return this.#calls.unlink(at, firstPath, removeDirectoryFlag);
  }

  removeDirectoryPath(at: number, path: Uint8Array): number {
    return this.paths.unlink(at, path, removeDirectoryFlag);
  }

  makeDirectory(at: number, name: string, mode: number): number {
    if (!this.#calls.put(firstPath, name)) return doubt;
    return this.#calls.makeDirectory(at, firstPath, mode);
  }

  rename(at: number, name: string, toAt: number, toName: string): number {
    if (!this.#calls.put(firstPath, name) || !this.#calls.put(secondPath, toName)) return doubt;
    return this.#calls.rename(at, firstPath, toAt, secondPath);
  }

  /** Makes a file at least that long, with room on the disk for all of it. */
  allocate(fd: number, bytes: number): number {
    return this.#calls.allocate(fd, bytes);
  }

  /** Nanoseconds since 1970. */
  setTimes(fd: number, accessed: bigint, modified: bigint): number {
    return this.#calls.setTimesOf(fd, accessed, modified);
  }

  setTimesAt(at: number, name: string, accessed: bigint, modified: bigint): number {
    if (!this.#calls.put(firstPath, name)) return doubt;
    return this.#calls.setTimesAt(at, firstPath, accessed, modified);
  }
}
