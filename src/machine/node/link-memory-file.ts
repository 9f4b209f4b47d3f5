// The memory of a link between two processes: a file without a disk behind it, which both lay over memory. It has a
// name only until the other side has it too.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mapping, segmentLibC } from "./segment-libc.ts";

export interface LinkMemory {
  readonly file: string;
  /** Stays mapped as long as anybody has a view of it. */
  readonly buffer: ArrayBuffer;
}

/** Makes such a file. Undefined where files cannot be laid over memory: then a socket carries the lines. */
export function makeLinkMemory(bytes: number): LinkMemory | undefined {
  const directory = fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const file = join(directory, `shoal-link-${process.pid}-${process.hrtime.bigint()}`);
  try {
    const fd = fs.openSync(file, "wx+", 0o600);
    fs.ftruncateSync(fd, bytes);
    const memory = map(file, fd, bytes);
    if (memory === undefined) fs.rmSync(file, { force: true });
    return memory;
  } catch {
    return undefined;
  }
}

/** Opens the one that the other side has made. */
export function openLinkMemory(file: string, bytes: number): LinkMemory | undefined {
  try {
    return map(file, fs.openSync(file, "r+"), bytes);
  } catch {
    return undefined;
  }
}

function map(file: string, fd: number, bytes: number): LinkMemory | undefined {
  const libC = segmentLibC();
  const mapping: Mapping | undefined = libC?.map(fd, bytes);
  fs.closeSync(fd);
  return mapping === undefined ? undefined : { file, buffer: mapping.buffer };
}
