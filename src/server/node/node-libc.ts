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
import { filetypeOfMode } from "./node-stat.ts";

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
const place = { path: 0, other: 4608, how: 9216, stat: 9248 } as const;
const scratchBytes = 9504;
const pathRoom = place.other - place.path;
const howBytes = 24;

/** Fields of a statx, in bytes. A time is 64 bits of seconds and 32 of nanoseconds. */
const Statx = {
  links: 16,
  mode: 28,
  inode: 32,
  size: 40,
  accessed: 64,
  changed: 96,
  modified: 112,
  deviceMajor: 136,
  deviceMinor: 140,
} as const;

/** By the numbers of Linux. */
const sureErrors = new Map<number, number>([
  [2, Errno.noent],
  [17, Errno.exist],
  [20, Errno.notdir],
  [21, Errno.isdir],
  [39, Errno.notempty],
]);

const functions = {
  syscall: { arguments: ["i32", "i32", "pointer", "pointer", "i32"], return: "i32" },
  statx: { arguments: ["i32", "pointer", "i32", "i32", "pointer"], return: "i32" },
  unlinkat: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  mkdirat: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  renameat: { arguments: ["i32", "pointer", "i32", "pointer"], return: "i32" },
  __errno_location: { arguments: [], return: "pointer" },
} as const;

/** The module, without the warning that it is experimental, which is not the program's to print. */
function loadQuietly(): typeof NodeFFI | undefined {
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
  readonly #memory = Buffer.from(new ArrayBuffer(scratchBytes));
  readonly #view = new DataView(this.#memory.buffer);
  readonly #call: ReturnType<typeof bind>["functions"];
  readonly #errno: Int32Array;
  readonly #path: bigint;
  readonly #other: bigint;
  readonly #how: bigint;
  readonly #stat: bigint;

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
    this.#call = bind(ffi).functions;
    this.#errno = new Int32Array(ffi.toArrayBuffer(this.#call.__errno_location(), 4, false));
    const base = ffi.getRawPointer(this.#memory.buffer);
    this.#path = base + BigInt(place.path);
    this.#other = base + BigInt(place.other);
    this.#how = base + BigInt(place.how);
    this.#stat = base + BigInt(place.stat);
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
    return found < 0 ? doubt : this.#filetype();
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
    return {
      device: this.#device(),
      inode: this.#view.getBigUint64(place.stat + Statx.inode, true),
      filetype: this.#filetype(),
      links: BigInt(this.#view.getUint32(place.stat + Statx.links, true)),
      size: this.#view.getBigUint64(place.stat + Statx.size, true),
      accessed: this.#time(Statx.accessed),
      modified: this.#time(Statx.modified),
      changed: this.#time(Statx.changed),
    };
  }

  #filetype(): number {
    return filetypeOfMode(this.#view.getUint16(place.stat + Statx.mode, true));
  }

  #time(field: number): bigint {
    const seconds = this.#view.getBigInt64(place.stat + field, true);
    const ns = this.#view.getUint32(place.stat + field + 8, true);
    return BigInt.asUintN(64, seconds * 1_000_000_000n + BigInt(ns));
  }

  /** One number of two, as `stat` of the C library makes it. */
  #device(): bigint {
    const major = this.#view.getUint32(place.stat + Statx.deviceMajor, true);
    const minor = this.#view.getUint32(place.stat + Statx.deviceMinor, true);
    const low = ((major & 0xfff) << 8) | (minor & 0xff);
    const high = (BigInt(major >>> 12) << 44n) | (BigInt(minor >>> 8) << 20n);
    return high | BigInt(low);
  }
}

function bind(ffi: typeof NodeFFI) {
  return ffi.dlopen(null, functions);
}
