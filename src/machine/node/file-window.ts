// Reads a file through a buffer, so that a blob made of many small appends costs few system calls. The
// bytes handed out are views that the next call may overwrite.
import type * as Fs from "node:fs";
import { assert } from "../../base/index.ts";

const windowBytes = 256 * 1024;

export class FileWindow {
  readonly #fs: typeof Fs;
  readonly #fd: number;
  #buffer = new Uint8Array(0);
  #position = 0;
  #filled = 0;

  constructor(fs: typeof Fs, fd: number) {
    this.#fs = fs;
    this.#fd = fd;
  }

  /** Drops what was read, because the file has changed. */
  forget(): void {
    this.#filled = 0;
    // A long frame makes the buffer long; the next one is probably short again.
    if (this.#buffer.length > windowBytes) this.#buffer = new Uint8Array(0);
  }

  bytes(position: number, count: number): Uint8Array {
    const isInside =
      position >= this.#position && position + count <= this.#position + this.#filled;
    if (!isInside) this.#fill(position, count);
    const from = position - this.#position;
    return this.#buffer.subarray(from, from + count);
  }

  #fill(position: number, count: number): void {
    const needed = Math.max(count, windowBytes);
    if (this.#buffer.length < needed) this.#buffer = new Uint8Array(needed);
    this.#position = position;
    this.#filled = 0;
    while (this.#filled < count) {
      const rest = this.#buffer.subarray(this.#filled);
      const got = this.#fs.readSync(this.#fd, rest, 0, rest.length, position + this.#filled);
      assert(got > 0, "a file is not shorter than it said", position, count);
      this.#filled += got;
    }
  }
}
