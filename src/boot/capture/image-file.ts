// Images as files of the host. A file appears under its name only when all of it is durable: it is written
// beside, flushed, and renamed; so what is there under the name is the old one or the new one, whole.
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type Digest,
  ImageError,
  type ImageReason,
  type ImageSize,
  type Plain,
  type Progress,
  readImage,
  writeImage,
} from "../../checkpoint/index.ts";

/** Small pieces are written together. */
const bufferBytes = 1024 * 1024;

export const sha256: Digest = (bytes) =>
  process.getBuiltinModule("node:crypto").hash("sha256", bytes, "buffer");

/**
 * Writes an image file, in place of one that may be there, which stays if this fails. `progress` gets the
 * bytes written so far.
 *
 * @throws ImageError with the reason
 */
export function writeImageFile(
  path: string,
  content: Plain,
  progress?: (doneBytes: number) => void,
): ImageSize {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.draft`);
  try {
    const size = writeDraft(draft, content, progress);
    fs.renameSync(draft, path);
    flushDirectory(dirname(path));
    return size;
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw imageErrorOf(path, error);
  }
}

function writeDraft(
  draft: string,
  content: Plain,
  progress?: (doneBytes: number) => void,
): ImageSize {
  const fd = fs.openSync(draft, "wx", 0o600);
  try {
    const output = new BufferedFile(fd, progress);
    const size = writeImage(content, (bytes) => output.put(bytes), sha256);
    output.flush();
    fs.fdatasyncSync(fd);
    return size;
  } finally {
    fs.closeSync(fd);
  }
}

class BufferedFile {
  readonly #fd: number;
  readonly #progress: ((doneBytes: number) => void) | undefined;
  readonly #buffer = new Uint8Array(bufferBytes);
  #count = 0;
  #done = 0;

  constructor(fd: number, progress?: (doneBytes: number) => void) {
    this.#fd = fd;
    this.#progress = progress;
  }

  put(bytes: Uint8Array): void {
    if (this.#count + bytes.length > bufferBytes) this.flush();
    if (bytes.length > bufferBytes) {
      this.#write(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#count);
    this.#count += bytes.length;
  }

  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#count));
    this.#count = 0;
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#fd, bytes, at);
    this.#done += bytes.length;
    this.#progress?.(this.#done);
  }
}

/** Reads an image file. Throws an ImageError that says what is wrong with it, if anything is. */
export function readImageFile(path: string, progress?: Progress): Plain {
  let fd: number | undefined;
  try {
    fd = fs.openSync(path, "r");
    const { size } = fs.fstatSync(fd);
    return readImage(path, sourceOf(fd, size), sha256, progress);
  } catch (error) {
    throw imageErrorOf(path, error);
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function sourceOf(fd: number, bytes: number) {
  const read = (offset: number, count: number): Uint8Array => {
    const into = new Uint8Array(Math.max(0, Math.min(count, bytes - offset)));
    let done = 0;
    while (done < into.length) {
      const got = fs.readSync(fd, into, done, into.length - done, offset + done);
      if (got === 0) break;
      done += got;
    }
    return into.subarray(0, done);
  };
  return { bytes, read };
}

function flushDirectory(path: string): void {
  const fd = fs.openSync(path, "r");
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

const reasons: Readonly<Record<string, ImageReason>> = {
  ENOENT: "missing",
  ENOSPC: "full",
  EDQUOT: "full",
  EFBIG: "full",
};

function imageErrorOf(path: string, error: unknown): Error {
  if (error instanceof ImageError) return error;
  if (!(error instanceof Error) || !("code" in error)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return new ImageError(path, reasons[String(error.code)] ?? "failed", error.message);
}
