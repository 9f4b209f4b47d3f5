// The calls on paths that Node does not have, made directly in the C library of Linux: openat2 walks a
// whole path below an open directory in one call, refusing every link and every way out of it, where
// node:fs takes three calls for each name. It is a fast path and nothing else: what it is not sure of it
// answers `doubt`, and node:fs decides. Errors too: `errno` is read in a second call, and what the
// engine does in between could change it, so only errors that the engine has no way to cause are told.
//
// It costs five milliseconds to load, which a few hundred paths earn back.
import type * as NodeFFI from "node:ffi";
import { closeSync, constants } from "node:fs";
import { Errno } from "../../userlib/index.ts";
import type { FileStat } from "../files/index.ts";
import { fileStatAt, filetypeAt, sizeAt } from "./node-statx.ts";

/** Not known here: ask node:fs. */
export const doubt = -0x8000;

const syscallOpenat2 = 437;
const currentDirectory = -100;
const { O_DIRECTORY, O_NOFOLLOW } = constants;
/** Not among Node's constants; the same on every architecture. */
const closeOnExec = 0o2000000;
const pathOnly = 0o10000000;
const beneath = 8;
const noSymlinks = 4;
const noFollow = 0x100;
const emptyPath = 0x1000;
const basicStats = 0x7ff;
const removeDirectoryFlag = 0x200;

/** Where things stand in the memory shared with the library, in bytes. */
const place = { path: 0, other: 4608, how: 9216, stat: 9248, times: 9504 } as const;
const scratchBytes = 9536;
const pathRoom = place.other - place.path;
const howBytes = 24;
const nsPerSecond = 1_000_000_000n;

/** By the numbers of Linux. */
const sureErrors = new Map<number, number>([
  [2, Errno.noent],
  [17, Errno.exist],
  [20, Errno.notdir],
  [21, Errno.isdir],
  [27, Errno.fbig],
  [28, Errno.nospc],
  [39, Errno.notempty],
]);

const functions = {
  syscall: { arguments: ["i32", "i32", "pointer", "pointer", "i32"], return: "i32" },
  statx: { arguments: ["i32", "pointer", "i32", "i32", "pointer"], return: "i32" },
  unlinkat: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  mkdirat: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  renameat: { arguments: ["i32", "pointer", "i32", "pointer"], return: "i32" },
  fallocate: { arguments: ["i32", "i32", "i64", "i64"], return: "i32" },
  utimensat: { arguments: ["i32", "pointer", "pointer", "i32"], return: "i32" },
  __errno_location: { arguments: [], return: "pointer" },
} as const;

/** The module, without the warning that it is experimental, which is not the program's to print. */
export function loadQuietly(): typeof NodeFFI | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:ffi");
  } catch {
    // Node was told to do without.
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

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
  readonly library: NodeFFI.DynamicLibrary;
  readonly #memory = Buffer.from(new ArrayBuffer(scratchBytes));
  readonly #view = new DataView(this.#memory.buffer);
  readonly #call: ReturnType<typeof bind>["functions"];
  readonly #errno: Int32Array;
  readonly #path: bigint;
  readonly #other: bigint;
  readonly #how: bigint;
  readonly #stat: bigint;
  readonly #times: bigint;

  /** Undefined where there is no such library, or no way to call it. */
  static load(): LibC | undefined {
    const ffi = process.platform === "linux" ? loadQuietly() : undefined;
    try {
      return ffi === undefined ? undefined : new LibC(ffi);
    } catch {
      return undefined;
    }
  }

  private constructor(ffi: typeof NodeFFI) {
    const { lib, functions: calls } = bind(ffi);
    this.library = lib;
    this.#call = calls;
    this.#errno = new Int32Array(ffi.toArrayBuffer(this.#call.__errno_location(), 4, false));
    const base = ffi.getRawPointer(this.#memory.buffer);
    this.#path = base + BigInt(place.path);
    this.#other = base + BigInt(place.other);
    this.#how = base + BigInt(place.how);
    this.#stat = base + BigInt(place.stat);
    this.#times = base + BigInt(place.times);
    this.#view.setUint32(place.how + 16, beneath | noSymlinks, true);
    // Where the kernel is too old for the call, or something forbids it, that shows here.
    const here = this.enter(currentDirectory, ".");
    if (here < 0) throw new RangeError("openat2 cannot be called here");
    closeSync(here);
  }

  /** Opens what a path leads to, as long as no link is in it. Answers a descriptor. */
  open(at: number, path: string, flags: number, mode: number): number {
    if (!this.#put(place.path, path)) return doubt;
    this.#view.setInt32(place.how, flags | closeOnExec, true);
    this.#view.setInt32(place.how + 8, mode, true);
    return this.#sure(this.#call.syscall(syscallOpenat2, at, this.#path, this.#how, howBytes));
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
    closeSync(fd);
    return stat;
  }

  statAt(at: number, name: string): FileStat | number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#statOf(at, noFollow);
  }

  stat(fd: number): FileStat | number {
    this.#put(place.path, "");
    return this.#statOf(fd, emptyPath);
  }

  filetype(fd: number): number {
    this.#put(place.path, "");
    const found = this.#call.statx(fd, this.#path, emptyPath, basicStats, this.#stat);
    return found < 0 ? doubt : filetypeAt(this.#view, place.stat);
  }

  size(fd: number): number {
    this.#put(place.path, "");
    const found = this.#call.statx(fd, this.#path, emptyPath, basicStats, this.#stat);
    return found < 0 ? doubt : sizeAt(this.#view, place.stat);
  }

  unlink(at: number, name: string): number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#sure(this.#call.unlinkat(at, this.#path, 0));
  }

  removeDirectory(at: number, name: string): number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#sure(this.#call.unlinkat(at, this.#path, removeDirectoryFlag));
  }

  makeDirectory(at: number, name: string, mode: number): number {
    if (!this.#put(place.path, name)) return doubt;
    return this.#sure(this.#call.mkdirat(at, this.#path, mode));
  }

  rename(at: number, name: string, toAt: number, toName: string): number {
    if (!this.#put(place.path, name) || !this.#put(place.other, toName)) return doubt;
    return this.#sure(this.#call.renameat(at, this.#path, toAt, this.#other));
  }

  /** Makes a file at least that long, with room on the disk for all of it. */
  allocate(fd: number, bytes: number): number {
    return this.#sure(this.#call.fallocate(fd, 0, 0n, BigInt(bytes)));
  }

  /** Nanoseconds since 1970; node:fs takes seconds, which cannot say all of them. */
  setTimes(fd: number, accessed: bigint, modified: bigint): number {
    return this.#setTimes(fd, "", accessed, modified, emptyPath);
  }

  setTimesAt(at: number, name: string, accessed: bigint, modified: bigint): number {
    return this.#setTimes(at, name, accessed, modified, noFollow);
  }

  #setTimes(at: number, name: string, accessed: bigint, modified: bigint, flags: number): number {
    if (!this.#put(place.path, name)) return doubt;
    [accessed, modified].forEach((time, i) => {
      this.#view.setBigInt64(place.times + i * 16, time / nsPerSecond, true);
      this.#view.setBigInt64(place.times + i * 16 + 8, time % nsPerSecond, true);
    });
    return this.#sure(this.#call.utimensat(at, this.#path, this.#times, flags));
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

  #statOf(at: number, flags: number): FileStat | number {
    const found = this.#call.statx(at, this.#path, flags, basicStats, this.#stat);
    if (found < 0) return this.#sure(found);
    return fileStatAt(this.#view, place.stat);
  }
}

function bind(ffi: typeof NodeFFI) {
  return ffi.dlopen(null, functions);
}
