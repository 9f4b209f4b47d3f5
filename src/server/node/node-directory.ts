// The host's file functions by node:fs. Node has no openat, but on Linux an open directory is also a
// path, /proc/self/fd/N, and a name below it is looked up in that very directory whatever it is called
// by now: with O_NOFOLLOW that is openat, without a race. Directories are opened with O_PATH, so one
// that may be searched but not read can be walked through. A program that does much of this has it done
// by the C library, where whole paths are walked at once: see node-libc.ts.
//
// Elsewhere a directory is remembered by the path under which it was reached, and a component that is
// swapped for a link between two calls is followed: see docs/internals/wasi.md.
import { constants } from "node:fs";
import * as fs from "node:fs";
import { Errno, filestatBytes, Filetype } from "../../userlib/index.ts";
import type { FileStat, HostEntry, HostFiles, HostOpen } from "../files/index.ts";
import { attempt, attemptNumber, attemptObject, errnoOf } from "./node-errno.ts";
import type { LibCTransfer } from "./libc-transfer.ts";
import { libC, type LibC } from "./node-libc.ts";
import { openFlags } from "./node-open.ts";
import { fileStatOf, filetypeOfMode, lstat } from "./node-stat.ts";
import { doubt } from "./system-calls.ts";

const { O_APPEND, O_DIRECTORY, O_NOFOLLOW, O_NOCTTY, O_RDONLY, O_WRONLY } = constants;
/** Not among Node's constants; the same on every Linux architecture that Node runs on. */
const linuxPath = 0o10000000;
const newFileMode = 0o666;
const newDirectoryMode = 0o777;
const nsPerSecond = 1e9;
const defaultCallsUntilFast = 40;
/** A read or write gains less by the library than a path does. */
const transfersPerCall = 8;

/**
 * How many names were removed in this thread: what we do ourselves is never taken for one moment with what
 * was before, however coarse the host's clock is.
 */
let removals = 0;
const removalBits = 64n;

/** Whether open directories can be used as paths here. */
export function hasDirectoryPaths(): boolean {
  return process.platform === "linux" && fs.existsSync("/proc/self/fd");
}

export class NodeFiles implements HostFiles {
  readonly #isLinux: boolean;
  /** Without directory paths: by what path each open directory was reached. */
  readonly #paths = new Map<number, Buffer>();

  /** What else can be asked on Linux, once it is worth loading. */
  #fast: LibC | undefined;
  #callsUntilFast: number;
  #transfer: LibCTransfer | undefined;
  #transfersUntilFast: number;
  readonly #isFast: boolean;
  #out: Uint8Array | undefined;
  #outWords: Uint32Array = new Uint32Array(0);

  /** After how many calls on paths the C library is called directly: `Infinity` for never. */
  constructor(isLinux: boolean = hasDirectoryPaths(), callsUntilFast = defaultCallsUntilFast) {
    this.#isLinux = isLinux;
    this.#callsUntilFast = isLinux ? callsUntilFast : Infinity;
    this.#transfersUntilFast = this.#callsUntilFast * transfersPerCall;
    this.#isFast = this.#callsUntilFast < Infinity;
  }

  #lib(): LibC | undefined {
    if (this.#fast === undefined && this.#callsUntilFast-- <= 0) {
      this.#callsUntilFast = Infinity;
      this.#fast = libC();
    }
    return this.#fast;
  }

  /** For what Node cannot do as well, from the first call on, unless the library is not to be used at all. */
  #libAtOnce(): LibC | undefined {
    return this.#fast ?? (this.#isFast ? libC() : undefined);
  }

  #transfers(): LibCTransfer | undefined {
    if (this.#transfer === undefined && this.#transfersUntilFast-- <= 0) {
      this.#transfersUntilFast = Infinity;
      this.#transfer = this.#libAtOnce()?.transfer;
    }
    return this.#transfer;
  }

  nowNs(): bigint {
    return BigInt(Date.now()) * 1_000_000n;
  }

  openRoot(path: string): number {
    const real = fs.realpathSync(path);
    const fd = fs.openSync(real, this.#directoryFlags & ~O_NOFOLLOW);
    this.#paths.set(fd, Buffer.from(real));
    return fd;
  }

  enter(at: number, name: string): number {
    const known = this.enterPath(at, name);
    return known ?? this.#enter(at, name);
  }

  enterPath(at: number, path: string): number | undefined {
    return sure(this.#lib()?.enter(at, path));
  }

  openPath(at: number, path: Uint8Array, how: HostOpen): number | undefined {
    const mode = how.isCreate ? newFileMode : 0;
    return sure(this.#lib()?.paths.open(at, path, openFlags(how), mode));
  }

  statPath(at: number, path: Uint8Array, out: Uint8Array): number | undefined {
    const lib = this.#lib();
    return lib === undefined ? undefined : sureErrno(lib.paths.stat(at, path, this.#wordsOf(out)));
  }

  makeDirectoryPath(at: number, path: Uint8Array): number | undefined {
    return sureErrno(this.#lib()?.paths.makeDirectory(at, path, newDirectoryMode));
  }

  removeDirectoryPath(at: number, path: Uint8Array): number | undefined {
    removals++;
    return sureErrno(this.#lib()?.removeDirectoryPath(at, path));
  }

  unlinkPath(at: number, path: Uint8Array): number | undefined {
    removals++;
    return sureErrno(this.#lib()?.paths.unlink(at, path, 0));
  }

  renamePath(at: number, paths: Uint8Array, bytes: number, toAt: number): number | undefined {
    removals++;
    return sureErrno(this.#lib()?.paths.rename(at, paths, bytes, toAt));
  }

  /** One view of the buffer into which all answers go. */
  #wordsOf(out: Uint8Array): Uint32Array {
    if (out === this.#out) return this.#outWords;
    this.#out = out;
    this.#outWords = new Uint32Array(out.buffer, out.byteOffset, filestatBytes >> 2);
    return this.#outWords;
  }

  #enter(at: number, name: string): number {
    const path = this.#path(at, name);
    const fd = attemptNumber(() => fs.openSync(path, this.#directoryFlags));
    if (fd >= 0 && !this.#isLinux) this.#paths.set(fd, Buffer.from(path));
    const isOther = fd === -Errno.notdir || fd === -Errno.mlink;
    return isOther && this.#isLink(at, name) ? -Errno.loop : fd;
  }

  open(at: number, name: string, how: HostOpen): number {
    const flags = openFlags(how);
    const known = sure(this.#lib()?.open(at, name, flags, how.isCreate ? newFileMode : 0));
    if (known !== undefined) return known;
    const path = this.#path(at, name);
    return attemptNumber(() => fs.openSync(path, flags, newFileMode));
  }

  reopenDirectory(at: number): number {
    const path = this.#directoryPath(at);
    const fd = attemptNumber(() => fs.openSync(path, this.#directoryFlags & ~O_NOFOLLOW));
    if (fd >= 0 && !this.#isLinux) this.#paths.set(fd, path);
    return fd;
  }

  reopenAppending(fd: number): number {
    if (!this.#isLinux) return -Errno.notsup;
    return attemptNumber(() => fs.openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_APPEND | O_NOCTTY));
  }

  pathOf(fd: number): string | number {
    if (!this.#isLinux) return this.#paths.get(fd)?.toString("latin1") ?? Errno.notsup;
    return attemptObject(() =>
      fs.readlinkSync(`/proc/self/fd/${fd}`, { encoding: "buffer" }).toString("latin1"),
    );
  }

  close(fd: number): number {
    const known = this.#fast?.close(fd) ?? doubt;
    if (known !== doubt) return -known;
    this.#paths.delete(fd);
    return attempt(() => fs.closeSync(fd));
  }

  stat(fd: number): FileStat | number {
    const known = this.#lib()?.stat(fd) ?? doubt;
    if (typeof known !== "number") return known;
    return attemptObject(() => fileStatOf(fs.fstatSync(fd, { bigint: true })));
  }

  filetype(fd: number): number {
    const known = this.#fast?.filetype(fd) ?? doubt;
    if (known !== doubt) return known;
    return attemptNumber(() => filetypeOfMode(fs.fstatSync(fd).mode));
  }

  size(fd: number): number {
    const known = this.#fast?.size(fd) ?? doubt;
    if (known !== doubt) return known;
    return attemptNumber(() => fs.fstatSync(fd).size);
  }

  statAt(at: number, name: string): FileStat | number {
    const known = this.#lib()?.statAt(at, name) ?? doubt;
    if (typeof known !== "number") return known;
    if (known !== doubt) return -known;
    return lstat(this.#path(at, name));
  }

  parentStat(at: number): FileStat | number {
    return lstat(this.#path(at, ".."));
  }

  // The two hot calls, written out: a closure for each would be felt.

  read(fd: number, offset: number, into: Uint8Array): number {
    if (into.length === 0) return 0;
    const known = this.#transfers()?.read(fd, offset, into) ?? doubt;
    if (known !== doubt) return known;
    try {
      return fs.readSync(fd, into, 0, into.length, offset);
    } catch (error) {
      // What cannot be sought is read where it is.
      if (errnoOf(error) !== Errno.spipe) return -errnoOf(error);
    }
    return attemptNumber(() => fs.readSync(fd, into, 0, into.length, null));
  }

  write(fd: number, offset: number | undefined, bytes: Uint8Array): number {
    const known = this.#transfers()?.write(fd, offset, bytes) ?? doubt;
    if (known !== doubt) return known;
    try {
      return fs.writeSync(fd, bytes, 0, bytes.length, offset ?? null);
    } catch (error) {
      return -errnoOf(error);
    }
  }

  setSize(fd: number, bytes: number): number {
    return attempt(() => fs.ftruncateSync(fd, bytes));
  }

  allocate(fd: number, bytes: number): number {
    const known = this.#libAtOnce()?.allocate(fd, bytes) ?? doubt;
    return known === doubt ? this.setSize(fd, bytes) : -known;
  }

  sync(fd: number, isDataOnly: boolean): number {
    const errno = attempt(() => (isDataOnly ? fs.fdatasyncSync(fd) : fs.fsyncSync(fd)));
    // A directory opened only as a path has to be opened for reading first.
    return errno === Errno.badf ? this.#syncDirectory(fd) : errno;
  }

  #syncDirectory(at: number): number {
    return attempt(() => {
      const fd = fs.openSync(this.#directoryPath(at), O_RDONLY | O_DIRECTORY);
      try {
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    });
  }

  setTimes(fd: number, accessedNs: bigint, modifiedNs: bigint): number {
    const known = this.#libAtOnce()?.setTimes(fd, accessedNs, modifiedNs) ?? doubt;
    if (known !== doubt) return -known;
    const [accessed, modified] = [seconds(accessedNs), seconds(modifiedNs)];
    const errno = attempt(() => fs.futimesSync(fd, accessed, modified));
    if (errno !== Errno.badf) return errno;
    return attempt(() => fs.utimesSync(this.#directoryPath(fd), accessed, modified));
  }

  setTimesAt(at: number, name: string, accessedNs: bigint, modifiedNs: bigint): number {
    const known = this.#libAtOnce()?.setTimesAt(at, name, accessedNs, modifiedNs) ?? doubt;
    if (known !== doubt) return -known;
    const path = this.#path(at, name);
    return attempt(() => fs.lutimesSync(path, seconds(accessedNs), seconds(modifiedNs)));
  }

  entries(at: number): readonly HostEntry[] | undefined {
    return this.#lib()?.entries(at);
  }

  version(at: number): bigint | undefined {
    const stat = this.#lib()?.stat(at) ?? doubt;
    if (typeof stat === "number") return undefined;
    return (stat.changed << removalBits) | BigInt(removals);
  }

  names(at: number): readonly string[] | number {
    return attemptObject(() => {
      const names = fs.readdirSync(this.#directoryPath(at), { encoding: "buffer" });
      return names.map((name) => name.toString("latin1")).sort();
    });
  }

  readLink(at: number, name: string): string | number {
    const path = this.#path(at, name);
    return attemptObject(() => fs.readlinkSync(path, { encoding: "buffer" }).toString("latin1"));
  }

  makeDirectory(at: number, name: string): number {
    const known = sure(this.#lib()?.makeDirectory(at, name, newDirectoryMode));
    if (known !== undefined) return -known;
    return attempt(() => fs.mkdirSync(this.#path(at, name), newDirectoryMode));
  }

  removeDirectory(at: number, name: string): number {
    removals++;
    const known = sure(this.#lib()?.removeDirectory(at, name));
    if (known !== undefined) return -known;
    return attempt(() => fs.rmdirSync(this.#path(at, name)));
  }

  unlink(at: number, name: string): number {
    removals++;
    const known = sure(this.#lib()?.unlink(at, name));
    if (known !== undefined) return -known;
    return attempt(() => fs.unlinkSync(this.#path(at, name)));
  }

  symlink(target: string, at: number, name: string): number {
    return attempt(() => fs.symlinkSync(Buffer.from(target, "latin1"), this.#path(at, name)));
  }

  link(at: number, name: string, toAt: number, toName: string): number {
    return attempt(() => fs.linkSync(this.#path(at, name), this.#path(toAt, toName)));
  }

  rename(at: number, name: string, toAt: number, toName: string): number {
    removals++;
    const known = sure(this.#lib()?.rename(at, name, toAt, toName));
    if (known !== undefined) return -known;
    return attempt(() => fs.renameSync(this.#path(at, name), this.#path(toAt, toName)));
  }

  get #directoryFlags(): number {
    return O_RDONLY | O_DIRECTORY | O_NOFOLLOW | (this.#isLinux ? linuxPath : 0);
  }

  #directoryPath(at: number): Buffer {
    if (this.#isLinux) return Buffer.from(`/proc/self/fd/${at}`);
    return this.#paths.get(at) ?? Buffer.from("");
  }

  /** Names are byte strings: a character per byte. */
  #path(at: number, name: string): string | Buffer {
    if (this.#isLinux) {
      const path = `/proc/self/fd/${at}/${name}`;
      // A string is the quicker way where it says the same.
      return isAscii(name) ? path : Buffer.from(path, "latin1");
    }
    return Buffer.concat([this.#directoryPath(at), Buffer.from(`/${name}`, "latin1")]);
  }

  #isLink(at: number, name: string): boolean {
    const stat = this.statAt(at, name);
    return typeof stat !== "number" && stat.filetype === Filetype.symbolicLink;
  }
}

function sure(result: number | undefined): number | undefined {
  return result === doubt ? undefined : result;
}

/** The same of a call that answers 0 or a negative errno, as 0 or an errno. */
function sureErrno(result: number | undefined): number | undefined {
  return result === undefined || result === doubt ? undefined : 0 - result;
}

function isAscii(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 0x7f) return false;
  return true;
}

function seconds(ns: bigint): number {
  return Number(ns) / nsPerSecond;
}
