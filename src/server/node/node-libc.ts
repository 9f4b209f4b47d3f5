// The calls on paths that Node does not have, made directly in the C library of Linux: openat2 walks a
// whole path below an open directory in one call, refusing every link and every way out of it, where
// node:fs takes three calls for each name. It is a fast path and nothing else: what it is not sure of it
// answers `doubt`, and node:fs decides. Errors too: `errno` is read in a second call, and what the
// engine does in between could change it, so only errors that the engine has no way to cause are told.
//
// It costs two to four milliseconds to load, which a few hundred paths earn back.
//
// What is opened here is closed here, and nothing else: in a worker Node keeps a list of what was opened by
// node:fs, warns of any other descriptor that node:fs closes, and closes what is left when the worker ends,
// whoever has the number by then.
import { constants } from "node:fs";
import { Errno } from "../../userlib/index.ts";
import type { FileStat } from "../files/index.ts";
import { argument, doubt, type LibraryOfC, loadLibraryOfC } from "./libc-library.ts";
import { LibCTransfer } from "./libc-transfer.ts";
import { sureErrors } from "./node-errno.ts";
import type { StatLayout } from "./node-stat.ts";
import { statxLayout } from "./node-statx.ts";
import { structStatOf } from "./node-struct-stat.ts";

const syscallOpenat2 = 437n;
/** -100, as 64 bits. */
const currentDirectory = BigInt.asUintN(64, -100n);
const { O_DIRECTORY, O_NOFOLLOW } = constants;
/** Not among Node's constants; the same on every architecture. */
const closeOnExec = 0o2000000;
const pathOnly = 0o10000000;
const beneath = 8;
const noSymlinks = 4;
const noFollow = 0x100n;
const emptyPath = 0x1000n;
const basicStats = 0x7ffn;
const removeDirectoryFlag = 0x200n;

/** Where things stand in the memory shared with the library, in bytes. */
const place = { path: 0, other: 4608, how: 9216, stat: 9248, times: 9504 } as const;
const scratchBytes = 9536;
const pathRoom = place.other - place.path;
const howBytes = 24n;
const nsPerSecond = 1_000_000_000n;

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
  readonly #memory = Buffer.from(new ArrayBuffer(scratchBytes));
  readonly #view = new DataView(this.#memory.buffer);
  readonly #call: LibraryOfC["call"];
  readonly #fstat: LibraryOfC["fstat"];
  readonly #errno: Int32Array;
  readonly #path: bigint;
  readonly #other: bigint;
  readonly #how: bigint;
  readonly #stat: bigint;
  readonly #times: bigint;
  /** What was opened here and not closed yet. */
  readonly #opened = new Set<number>();
  /** How fstat lays its answer out, where it has been seen to say what statx says. */
  readonly #struct: StatLayout | undefined;

  /** Undefined where there is no such library, or no way to call it. */
  static load(): LibC | undefined {
    const library = loadLibraryOfC();
    try {
      return library === undefined ? undefined : new LibC(library);
    } catch {
      return undefined;
    }
  }

  private constructor(libraryOfC: LibraryOfC) {
    const { ffi, library, call, fstat } = libraryOfC;
    this.library = library;
    this.transfer = new LibCTransfer(libraryOfC);
    this.#call = call;
    this.#fstat = fstat;
    this.#errno = new Int32Array(ffi.toArrayBuffer(call.__errno_location(), 4, false));
    const base = ffi.getRawPointer(this.#memory.buffer);
    this.#path = base + BigInt(place.path);
    this.#other = base + BigInt(place.other);
    this.#how = base + BigInt(place.how);
    this.#stat = base + BigInt(place.stat);
    this.#times = base + BigInt(place.times);
    this.#view.setUint32(place.how + 16, beneath | noSymlinks, true);
    // Where the kernel is too old for the call, or something forbids it, that shows here.
    const here = this.#openBeneath(currentDirectory, ".", O_DIRECTORY | pathOnly, 0);
    if (here < 0) throw new RangeError("openat2 cannot be called here");
    this.#struct = this.#checkStruct(here);
    this.close(here);
  }

  /** The layout for this processor, if fstat and statx say the same of a directory. */
  #checkStruct(fd: number): StatLayout | undefined {
    const struct = structStatOf(process.arch);
    const stat = this.stat(fd);
    if (struct === undefined || typeof stat === "number") return undefined;
    if (this.#fstat === undefined || this.#fstat(argument(fd), this.#stat) < 0) return undefined;
    const { inode, device, filetype } = struct.fileStat(this.#view, place.stat);
    const isSame = inode === stat.inode && device === stat.device && filetype === stat.filetype;
    return isSame ? struct : undefined;
  }

  /** Opens what a path leads to, as long as no link is in it. Answers a descriptor. */
  open(at: number, path: string, flags: number, mode: number): number {
    // One name leads nowhere else, if it is no link: that needs no walk.
    const isName = (flags & O_NOFOLLOW) !== 0 && !path.includes("/");
    if (!isName || path === "..") return this.#openBeneath(argument(at), path, flags, mode);
    if (!this.#put(place.path, path)) return doubt;
    const how = argument(flags | closeOnExec);
    return this.#opens(this.#call.openat(argument(at), this.#path, how, argument(mode)));
  }

  #openBeneath(at: bigint, path: string, flags: number, mode: number): number {
    if (!this.#put(place.path, path)) return doubt;
    this.#view.setInt32(place.how, flags | closeOnExec, true);
    this.#view.setInt32(place.how + 8, mode, true);
    return this.#opens(this.#call.syscall(syscallOpenat2, at, this.#path, this.#how, howBytes));
  }

  #opens(fd: number): number {
    if (fd >= 0) this.#opened.add(fd);
    return this.#sure(fd);
  }

  /** Closes what was opened here; `doubt` for anything else. It is closed whatever is answered. */
  close(fd: number): number {
    if (!this.#opened.delete(fd)) return doubt;
    const closed = this.#sure(this.#call.close(argument(fd), 0n));
    return closed === doubt ? -Errno.io : closed;
  }

  /** Opens a directory to go on from. */
  enter(at: number, path: string): number {
    const fd = this.open(at, path, O_DIRECTORY | O_NOFOLLOW | pathOnly, 0);
    // It may be a link that is no directory.
    return fd === -Errno.notdir ? doubt : fd;
  }

  /** The stat of what a path leads to, which may be a link at its end. */
  statPath(at: number, path: string): FileStat | number {
    if (!path.includes("/")) return this.statAt(at, path);
    const fd = this.open(at, path, O_NOFOLLOW | pathOnly, 0);
    if (fd < 0) return fd;
    const stat = this.stat(fd);
    this.close(fd);
    return stat;
  }

  statAt(at: number, name: string): FileStat | number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#statOf(at, noFollow);
  }

  stat(fd: number): FileStat | number {
    return this.#ask(fd)?.fileStat(this.#view, place.stat) ?? doubt;
  }

  filetype(fd: number): number {
    return this.#ask(fd)?.filetype(this.#view, place.stat) ?? doubt;
  }

  size(fd: number): number {
    return this.#ask(fd)?.size(this.#view, place.stat) ?? doubt;
  }

  /** Asks about something open. Answers how the answer is laid out; undefined if that is in doubt. */
  #ask(fd: number): StatLayout | undefined {
    if (this.#struct !== undefined && this.#fstat!(argument(fd), this.#stat) === 0)
      return this.#struct;
    this.#put(place.path, "");
    const found = this.#call.statx(argument(fd), this.#path, emptyPath, basicStats, this.#stat);
    return found === 0 ? statxLayout : undefined;
  }

  unlink(at: number, name: string): number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#sure(this.#call.unlinkat(argument(at), this.#path, 0n));
  }

  removeDirectory(at: number, name: string): number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#sure(this.#call.unlinkat(argument(at), this.#path, removeDirectoryFlag));
  }

  makeDirectory(at: number, name: string, mode: number): number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#sure(this.#call.mkdirat(argument(at), this.#path, argument(mode)));
  }

  rename(at: number, name: string, toAt: number, toName: string): number {
    if (!this.#put(place.path, name) || !this.#put(place.other, toName)) return doubt;
    return this.#sure(this.#call.renameat(argument(at), this.#path, argument(toAt), this.#other));
  }

  /** Makes a file at least that long, with room on the disk for all of it. */
  allocate(fd: number, bytes: number): number {
    return this.#sure(this.#call.fallocate(argument(fd), 0n, 0n, argument(bytes)));
  }

  /** Nanoseconds since 1970; node:fs takes seconds, which cannot say all of them. */
  setTimes(fd: number, accessed: bigint, modified: bigint): number {
    return this.#setTimes(fd, "", accessed, modified, emptyPath);
  }

  setTimesAt(at: number, name: string, accessed: bigint, modified: bigint): number {
    return this.#setTimes(at, name, accessed, modified, noFollow);
  }

  #setTimes(at: number, name: string, accessed: bigint, modified: bigint, flags: bigint): number {
    if (!this.#put(place.path, name)) return doubt;
    [accessed, modified].forEach((time, i) => {
      this.#view.setBigInt64(place.times + i * 16, time / nsPerSecond, true);
      this.#view.setBigInt64(place.times + i * 16 + 8, time % nsPerSecond, true);
    });
    return this.#sure(this.#call.utimensat(argument(at), this.#path, this.#times, flags));
  }

  #put(where: number, path: string): boolean {
    if (path.length >= pathRoom) return false;
    this.#memory.write(path, where, "latin1");
    this.#memory[where + path.length] = 0;
    return true;
  }

  #sure(result: number): number {
    if (result >= 0) return result;
    const errno = sureErrors.get(this.#errno[0]);
    return errno === undefined ? doubt : -errno;
  }

  #statOf(at: number, flags: bigint): FileStat | number {
    const found = this.#call.statx(argument(at), this.#path, flags, basicStats, this.#stat);
    if (found < 0) return this.#sure(found);
    return statxLayout.fileStat(this.#view, place.stat);
  }
}
