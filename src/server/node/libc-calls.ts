// The calls on paths, each with its arguments in memory that it shares with the C library: names stand at
// places of that memory, ended by a zero, and what a statx says stands there after it. Results are those of
// `SystemCall`: from 0 on, a negative errno, or `doubt`.
//
// What is opened here is closed here, and nothing else: in a worker Node keeps a list of what was opened by
// node:fs, warns of any other descriptor that node:fs closes, and closes what is left when the worker ends,
// whoever has the number by then.
import { Errno } from "../../userlib/index.ts";
import type { LibraryOfC } from "./libc-library.ts";
import { pathRoom } from "./path-scratch.ts";
import { doubt } from "./system-calls.ts";

/** Not among Node's constants; the same on every architecture. */
const closeOnExec = 0o2000000;
const beneath = 8;
const noSymlinks = 4;
const noFollow = 0x100;
/** Nothing is mounted because somebody looks. */
const lookOnly = 0x900;
const emptyPath = 0x1000;
/** What every stat says, and the number of the mount. */
const basicStats = 0x17ff;
const nsPerSecond = 1_000_000_000n;

/** Where things stand in the memory, in bytes. The last is a path of no bytes. */
const how = 2 * pathRoom;
const times = how + 24;
const stat = times + 40;
const nothing = stat + 256;
const memoryBytes = nothing + 8;

/** Where one path is put, and where the second of two. */
export const firstPath = 0;
export const secondPath = pathRoom;

export class LibCCalls {
  readonly memory = Buffer.from(new ArrayBuffer(memoryBytes));
  /** What the last statx said. */
  readonly statx = new Uint32Array(this.memory.buffer, stat, 64);
  readonly view = new DataView(this.memory.buffer, stat, 256);
  readonly #how = new Int32Array(this.memory.buffer, how, 6);
  readonly #times = new BigInt64Array(this.memory.buffer, times, 4);
  readonly #call: LibraryOfC["call"];
  readonly #numbers: LibraryOfC["numbers"];
  readonly #base: bigint;
  /** Addresses of places, as they are first asked for: to make a BigInt each time would be felt. */
  readonly #addresses: (bigint | undefined)[] = Array.from(
    { length: memoryBytes },
    () => undefined,
  );
  /** By descriptor: whether it was opened here and is not closed yet. */
  readonly #isOpen: boolean[] = [];

  constructor({ ffi, call, numbers }: LibraryOfC) {
    this.#call = call;
    this.#numbers = numbers;
    this.#base = ffi.getRawPointer(this.memory.buffer);
    this.#how[4] = beneath | noSymlinks;
  }

  /** Puts a name or path at a place; false if it is too long. A character is a byte. */
  put(place: number, path: string): boolean {
    if (path.length >= pathRoom) return false;
    this.memory.write(path, place, "latin1");
    this.memory[place + path.length] = 0;
    return true;
  }

  /** Opens a name in a directory. */
  open(at: number, name: number, flags: number, mode: number): number {
    const asked = flags | closeOnExec;
    const [number, made] = [this.#numbers.openat, mode];
    return this.#opened(this.#call(number, at, this.#address(name), asked, made, 0));
  }

  /** Opens what a path leads to, as long as no link is in it and it leads nowhere above. */
  openBeneath(at: number | bigint, path: number, flags: number, mode: number): number {
    this.#how[0] = flags | closeOnExec;
    this.#how[2] = mode;
    const asked = this.#address(how);
    return this.#opened(this.#call(this.#numbers.openat2, at, this.#address(path), asked, 24, 0));
  }

  #opened(fd: number): number {
    if (fd < 0) return fd;
    // No gaps, which would make the list a slower one.
    while (this.#isOpen.length <= fd) this.#isOpen.push(false);
    this.#isOpen[fd] = true;
    return fd;
  }

  /** Closes what was opened here; `doubt` for anything else. It is closed whatever is answered. */
  close(fd: number): number {
    if (this.#isOpen[fd] !== true) return doubt;
    this.#isOpen[fd] = false;
    const closed = this.#call(this.#numbers.close, fd, 0, 0, 0, 0);
    return closed === doubt ? -Errno.io : closed;
  }

  /** Asks about a name in a directory, and not about what it may be a link to. */
  statAt(at: number, name: number): number {
    return this.#stat(at, this.#address(name), lookOnly);
  }

  /** Asks about something open. */
  statOf(fd: number): number {
    return this.#stat(fd, this.#address(nothing), emptyPath);
  }

  #stat(at: number, name: bigint, flags: number): number {
    return this.#call(this.#numbers.statx, at, name, flags, basicStats, this.#address(stat));
  }

  /** `flags`: 0, or that a directory is to be removed. */
  unlink(at: number, name: number, flags: number): number {
    const { unlinkat } = this.#numbers;
    return this.#call(unlinkat, at, this.#address(name), flags, 0, 0);
  }

  makeDirectory(at: number, name: number, mode: number): number {
    const { mkdirat } = this.#numbers;
    return this.#call(mkdirat, at, this.#address(name), mode, 0, 0);
  }

  rename(at: number, name: number, toAt: number, toName: number): number {
    const { renameat } = this.#numbers;
    const from = this.#address(name);
    return this.#call(renameat, at, from, toAt, this.#address(toName), 0);
  }

  /** Makes a file at least that long, with room on the disk for all of it. */
  allocate(fd: number, bytes: number): number {
    return this.#call(this.#numbers.fallocate, fd, 0, 0, bytes, 0);
  }

  setTimesAt(at: number, name: number, accessed: bigint, modified: bigint): number {
    return this.#setTimes(at, name, accessed, modified, noFollow);
  }

  setTimesOf(fd: number, accessed: bigint, modified: bigint): number {
    return this.#setTimes(fd, nothing, accessed, modified, emptyPath);
  }

  /** Nanoseconds since 1970; node:fs takes seconds, which cannot say all of them. */
  #setTimes(at: number, name: number, accessed: bigint, modified: bigint, flags: number): number {
    [accessed, modified].forEach((time, i) => {
      this.#times[i * 2] = time / nsPerSecond;
      this.#times[i * 2 + 1] = time % nsPerSecond;
    });
    const { utimensat } = this.#numbers;
    const [from, set] = [this.#address(name), this.#address(times)];
    return this.#call(utimensat, at, from, set, flags, 0);
  }

  #address(place: number): bigint {
    return (this.#addresses[place] ??= this.#base + BigInt(place));
  }
}
