// An open segment file as words: laid over memory where that can be done, otherwise copied, with every
// committed range written to the file. Either way what is committed is in the page cache, where the
// death of this process does not reach it.
import type * as Fs from "node:fs";
import type { Segment } from "../segments.ts";
import type { SegmentLibC } from "./segment-libc.ts";

export type SegmentWindow = Omit<Segment, "sync" | "syncNow">;

/** Lays the file over memory; undefined if the system would not. */
export function mapWindow(
  libC: SegmentLibC,
  fs: typeof Fs,
  fd: number,
  bytes: number,
): SegmentWindow | undefined {
  const mapping = libC.map(fd, bytes);
  if (mapping === undefined) return undefined;
  let isOpen = true;
  return {
    words: new Int32Array(mapping.buffer),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      libC.unmap(mapping);
      fs.closeSync(fd);
    },
  };
}

export function copyWindow(fs: typeof Fs, fd: number, byteCount: number): SegmentWindow {
  const bytes = new Uint8Array(byteCount);
  readRange(fs, fd, bytes, 0, byteCount);
  let isOpen = true;
  return {
    words: new Int32Array(bytes.buffer),
    commit: (from, end) => isOpen && writeRange(fs, fd, bytes, from * 4, end * 4),
    refresh: (from, end) => {
      if (isOpen) readRange(fs, fd, bytes, from * 4, end * 4);
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      fs.closeSync(fd);
    },
  };
}

function readRange(fs: typeof Fs, fd: number, bytes: Uint8Array, from: number, end: number): void {
  for (let at = from; at < end;) {
    const got = fs.readSync(fd, bytes, at, end - at, at);
    if (got === 0) return;
    at += got;
  }
}

function writeRange(
  fs: typeof Fs,
  fd: number,
  bytes: Uint8Array,
  from: number,
  end: number,
): boolean {
  try {
    for (let at = from; at < end;) at += fs.writeSync(fd, bytes, at, end - at, at);
    return true;
  } catch {
    return false;
  }
}
