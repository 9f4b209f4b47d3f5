// Small files that are whole whenever anybody reads them: written beside themselves, made durable, renamed. The
// name is durable, too: a loss of power leaves the old file or the new one.
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** Throws, with what was there before in its place, if there is no room. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${process.pid}`;
  try {
    writeDurably(draft, content);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** The text of a file; undefined if there is none. */
export function readWhole(path: string): string | undefined {
  return readWholeBytes(path)?.toString("utf8");
}

/** The bytes of a file; undefined if there is none. */
export function readWholeBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export function removeWhole(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

function writeDurably(path: string, content: string | Uint8Array): void {
  const fd = openSync(path, "w", 0o600);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
