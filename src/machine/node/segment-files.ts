// Segments in files: a directory with one file each, which only its owner may enter. What is written
// survives this OS process; with a writer (segment-writer.ts) it can be made to survive the power.
//
// A file gets its room under a passing name and its own name afterwards, so a name never leads to a
// file that is still too short.
import {
  isSegmentName,
  isSegmentSize,
  type Segment,
  type SegmentRefusal,
  type SegmentStore,
} from "../segments.ts";
import { StoreDirectoryError } from "./file-store.ts";
import { type SegmentLibC, segmentLibC } from "./segment-libc.ts";
import { copyWindow, mapWindow, type SegmentWindow } from "./segment-window.ts";

/** Makes what was written to a file durable, in another thread. */
export type RequestSync = (fd: number, then: (isDurable: boolean) => void) => void;

export interface FileSegmentsOptions {
  readonly directory: string;
  /** Given where segments have to survive the loss of power. */
  readonly requestSync?: RequestSync;
  /** Whether files may be laid over memory; true unless said otherwise. */
  readonly canMap?: boolean;
}

const suffix = ".segment";
const passingSuffix = ".new";
const zeros = new Uint8Array(64 * 1024);
let passingCount = 0;

export class FileSegments implements SegmentStore {
  readonly #directory: string;
  readonly #requestSync: RequestSync | undefined;
  readonly #fs = process.getBuiltinModule("node:fs");
  readonly #libC: SegmentLibC | undefined;

  /** @throws StoreDirectoryError if the directory cannot be used. */
  constructor({ directory, requestSync, canMap = true }: FileSegmentsOptions) {
    this.#directory = directory;
    this.#requestSync = requestSync;
    this.#libC = canMap ? segmentLibC() : undefined;
    try {
      this.#fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.#removePassing();
    } catch (error) {
      const message = `Logs cannot be kept in the directory ${directory}: give one that can be written.`;
      throw new StoreDirectoryError(message, { cause: error });
    }
  }

  create(name: string, bytes: number): Segment | SegmentRefusal {
    if (!isSegmentName(name) || !isSegmentSize(bytes)) return "invalid";
    const passing = `${this.#directory}/${name}.${process.pid}.${passingCount++}${passingSuffix}`;
    try {
      const fd = this.#fs.openSync(passing, "wx+", 0o600);
      return this.#finish(fd, passing, name, bytes);
    } catch (error) {
      return refusalOf(error);
    }
  }

  open(name: string): Segment | SegmentRefusal {
    if (!isSegmentName(name)) return "invalid";
    try {
      const fd = this.#fs.openSync(this.#pathOf(name), "r+");
      const { size } = this.#fs.fstatSync(fd);
      return this.#window(fd, size - (size % 4));
    } catch (error) {
      return refusalOf(error);
    }
  }

  remove(name: string): SegmentRefusal | undefined {
    if (!isSegmentName(name)) return "invalid";
    try {
      this.#fs.unlinkSync(this.#pathOf(name));
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  }

  list(): readonly string[] {
    const files = this.#fs.readdirSync(this.#directory);
    const names = files.filter((file) => file.endsWith(suffix));
    return names.map((file) => file.slice(0, -suffix.length)).toSorted();
  }

  close(): void {
    // Each segment has its own file, and nothing else is open.
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}${suffix}`;
  }

  /** Gives a new file its room and then its name. */
  #finish(fd: number, passing: string, name: string, bytes: number): Segment | SegmentRefusal {
    let isMade = false;
    try {
      const refusal = this.#allocate(fd, bytes);
      if (refusal !== undefined) return refusal;
      if (this.#requestSync !== undefined) this.#fs.fsyncSync(fd);
      this.#fs.linkSync(passing, this.#pathOf(name));
      isMade = true;
    } finally {
      if (!isMade) this.#fs.closeSync(fd);
      this.#fs.rmSync(passing, { force: true });
    }
    if (this.#requestSync !== undefined) this.#syncDirectory();
    return this.#window(fd, bytes);
  }

  #allocate(fd: number, bytes: number): SegmentRefusal | undefined {
    if (this.#libC !== undefined) return this.#libC.allocate(fd, bytes);
    for (let at = 0; at < bytes;) {
      at += this.#fs.writeSync(fd, zeros, 0, Math.min(zeros.length, bytes - at), at);
    }
    return undefined;
  }

  #window(fd: number, bytes: number): Segment {
    const requestSync = this.#requestSync;
    const window = this.#mapOrCopy(fd, bytes);
    if (requestSync === undefined) return window;
    return {
      ...window,
      sync: (then) => {
        requestSync(fd, then);
      },
      syncNow: () => this.#syncNow(fd),
    };
  }

  #mapOrCopy(fd: number, bytes: number): SegmentWindow {
    // Nothing cannot be laid over memory.
    const libC = bytes > 0 ? this.#libC : undefined;
    const mapped = libC === undefined ? undefined : mapWindow(libC, this.#fs, fd, bytes);
    return mapped ?? copyWindow(this.#fs, fd, bytes);
  }

  #syncNow(fd: number): boolean {
    try {
      this.#fs.fdatasyncSync(fd);
      return true;
    } catch {
      return false;
    }
  }

  #syncDirectory(): void {
    const fd = this.#fs.openSync(this.#directory, "r");
    try {
      this.#fs.fsyncSync(fd);
    } finally {
      this.#fs.closeSync(fd);
    }
  }

  /** Removes what processes that are gone left half made. */
  #removePassing(): void {
    for (const file of this.#fs.readdirSync(this.#directory)) {
      const owner = /\.(\d+)\.\d+\.new$/.exec(file)?.[1];
      if (owner === undefined || isAlive(Number(owner))) continue;
      this.#fs.rmSync(`${this.#directory}/${file}`, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

function refusalOf(error: unknown): SegmentRefusal {
  const code = codeOf(error);
  if (code === "ENOENT") return "missing";
  if (code === "EEXIST") return "exists";
  return code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" ? "full" : "failed";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
