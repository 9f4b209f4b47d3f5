// The memory of a link between two processes: a file without a disk behind it and without a name, which both lay over
// memory. The other side opens it by the descriptor that this one has, so a process that dies leaves nothing behind.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { segmentLibC } from "./segment-libc.ts";

/** How the other side finds the memory. */
export interface MemoryPlace {
  readonly path: string;
  /** What stands at `markWord`: the same path means another file in another container. */
  readonly mark: number;
}

export interface LinkMemory {
  /** Stays mapped as long as anybody has a view of it. */
  readonly buffer: ArrayBuffer;
}

export interface MadeMemory extends LinkMemory {
  readonly place: MemoryPlace;
  /** The other side has it, or never will. */
  release(): void;
}

/** A word of the first line, which no link uses. */
const markWord = 12;

/** Makes such a file. Undefined where files cannot be laid over memory: then a socket carries the lines. */
export function makeLinkMemory(bytes: number): MadeMemory | undefined {
  const fd = openNameless(bytes);
  if (fd === undefined) return undefined;
  const buffer = segmentLibC()?.map(fd, bytes)?.buffer;
  if (buffer === undefined) {
    fs.closeSync(fd);
    return undefined;
  }
  const mark = Number(process.hrtime.bigint() & 0x7fff_ffffn);
  new Int32Array(buffer)[markWord] = mark;
  let isOpen = true;
  return {
    buffer,
    place: { path: `/proc/${process.pid}/fd/${fd}`, mark },
    release: () => {
      if (isOpen) fs.closeSync(fd);
      isOpen = false;
    },
  };
}

/** Opens the one that the other side has made. Undefined if it cannot be, or is another. */
export function openLinkMemory({ path, mark }: MemoryPlace, bytes: number): LinkMemory | undefined {
  let fd: number | undefined;
  try {
    fd = fs.openSync(path, "r+");
    if (fs.fstatSync(fd).size !== bytes) return undefined;
    const buffer = segmentLibC()?.map(fd, bytes)?.buffer;
    if (buffer === undefined || new Int32Array(buffer)[markWord] !== mark) return undefined;
    return { buffer };
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function openNameless(bytes: number): number | undefined {
  const directory = fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const name = join(directory, `shoal-link-${process.pid}-${process.hrtime.bigint()}`);
  try {
    const fd = fs.openSync(name, "wx+", 0o600);
    fs.rmSync(name);
    fs.ftruncateSync(fd, bytes);
    return fd;
  } catch {
    return undefined;
  }
}
