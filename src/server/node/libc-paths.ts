// Whole paths of a program, taken as the bytes that came: each call of a server is as few calls of the system
// as can be. A file is opened by openat2, which walks the path below an open directory and refuses every link
// and every way out of it. For the others the directory of the name is entered first: it is one that is known
// already, which one call of the system confirms (see known-directories.ts), or is opened by openat2 and
// closed after the call.
import { constants } from "node:fs";
import { Errno, Filetype } from "../../userlib/index.ts";
import { KnownDirectories } from "./known-directories.ts";
import { firstPath, type LibCCalls, secondPath } from "./libc-calls.ts";
import { writeFilestatWords } from "./node-statx.ts";
import { nameEnd, takePath } from "./path-scratch.ts";
import { doubt } from "./system-calls.ts";

const { O_DIRECTORY, O_NOFOLLOW } = constants;
const pathOnly = 0o10000000;
const directoryFlags = O_DIRECTORY | O_NOFOLLOW | pathOnly;
const slash = 0x2f;
/** A bit of what a statx says of a directory: something is mounted there. */
const mountRoot = 0x2000;
const attributesWord = 2;
const typeWord = 4;

export class LibCPaths {
  readonly #calls: LibCCalls;
  readonly #known: KnownDirectories;

  constructor(calls: LibCCalls) {
    this.#calls = calls;
    this.#known = new KnownDirectories(calls.memory, calls.statx, (fd) => calls.close(fd));
  }

  /** A directory is closed: what was found in it need not be known any longer. */
  forget(fd: number): void {
    this.#known.forget(fd);
    this.#known.sweep();
  }

  open(at: number, path: Uint8Array, flags: number, mode: number): number {
    const name = this.#take(path);
    if (name < 0) return doubt;
    // One name leads nowhere else, if it is no link: that needs no walk.
    if (name === firstPath) return this.#calls.open(at, name, flags, mode);
    return this.#calls.openBeneath(at, firstPath, flags, mode);
  }

  /** Writes a filestat of what a path leads to; `doubt` if that is a link. */
  stat(at: number, path: Uint8Array, out: Uint32Array): number {
    const name = this.#take(path);
    const directory = this.#enter(at, firstPath, name);
    if (directory < 0) return directory;
    const result = this.#calls.statAt(directory, name);
    this.#leave(at, directory);
    if (result !== 0) return result;
    writeFilestatWords(this.#calls.statx, out);
    return out[typeWord] === Filetype.symbolicLink ? doubt : 0;
  }

  /** `flags`: 0, or that a directory is to be removed. */
  unlink(at: number, path: Uint8Array, flags: number): number {
    const name = this.#take(path);
    const directory = this.#enter(at, firstPath, name);
    if (directory < 0) return directory;
    const result = this.#calls.unlink(directory, name, flags);
    this.#leave(at, directory);
    return result;
  }

  makeDirectory(at: number, path: Uint8Array, mode: number): number {
    const name = this.#take(path);
    const directory = this.#enter(at, firstPath, name);
    if (directory < 0) return directory;
    const result = this.#calls.makeDirectory(directory, name, mode);
    this.#leave(at, directory);
    return result;
  }

  /** `paths`: two, one after the other; the first has `bytes`. */
  rename(at: number, paths: Uint8Array, bytes: number, toAt: number): number {
    const { memory } = this.#calls;
    const name = takePath(memory, firstPath, paths, 0, bytes);
    const toName = takePath(memory, secondPath, paths, bytes, paths.length);
    if (name < 0 || toName < 0) return doubt;
    const isNear = at === toAt && isSamePart(paths, bytes, name - firstPath, toName - secondPath);
    const directory = this.#enter(at, firstPath, name);
    if (directory < 0) return directory;
    const to = isNear ? directory : this.#enter(toAt, secondPath, toName);
    const result = to < 0 ? to : this.#calls.rename(directory, name, to, toName);
    if (to >= 0 && !isNear) this.#close(toAt, to);
    this.#leave(at, directory);
    return result;
  }

  #take(path: Uint8Array): number {
    return takePath(this.#calls.memory, firstPath, path, 0, path.length);
  }

  /**
   * The directory in which the last name of a path is, which stands in the memory: the one that it begins at, or
   * one that is open for now, and to be left with `#leave`. The path is cut into names.
   */
  #enter(at: number, start: number, name: number): number {
    if (name <= start) return name < 0 ? doubt : at;
    const { memory } = this.#calls;
    memory[name - 1] = 0;
    let directory = at;
    for (let from = start; from < name;) {
      const end = nameEnd(memory, from);
      memory[end] = 0;
      const next = this.#enterKnown(directory, from, end);
      if (next < 0) {
        if (end !== name - 1) memory[end] = slash;
        return this.#openRest(directory, from);
      }
      directory = next;
      from = end + 1;
    }
    return directory;
  }

  /** A directory that is kept, or is kept from now on; below 0 for one that is not. */
  #enterKnown(under: number, start: number, end: number): number {
    const fd = this.#known.find(under, start, end);
    if (fd >= 0) {
      if (this.#calls.statAt(under, start) !== 0) this.#known.lose();
      else if (this.#known.isSame()) return fd;
    }
    return this.#known.isWanted() ? this.#keep(under, start, end) : doubt;
  }

  #keep(under: number, start: number, end: number): number {
    const fd = this.#calls.open(under, start, directoryFlags, 0);
    if (fd < 0) return fd;
    const isKnown = this.#calls.statOf(fd) === 0;
    if (isKnown && (this.#calls.statx[attributesWord]! & mountRoot) === 0) {
      this.#known.keep(under, start, end, fd);
      return fd;
    }
    this.#calls.close(fd);
    return doubt;
  }

  #openRest(directory: number, from: number): number {
    const fd = this.#calls.openBeneath(directory, from, directoryFlags, 0);
    // It may be a link that is no directory.
    return fd === -Errno.notdir ? doubt : fd;
  }

  #leave(at: number, directory: number): void {
    this.#close(at, directory);
    this.#known.sweep();
  }

  #close(at: number, directory: number): void {
    if (directory !== at && !this.#known.isKept(directory)) this.#calls.close(directory);
  }
}

/** Whether two paths, the other from `start` on, begin with the same bytes up to their last names. */
function isSamePart(paths: Uint8Array, start: number, count: number, otherCount: number): boolean {
  if (count !== otherCount) return false;
  for (let i = 0; i < count; i++) if (paths[i] !== paths[start + i]) return false;
  return true;
}
