// Bytes into lines. What is not ended yet is kept, as it came: a character may be cut anywhere.

/** What no log record could hold, nor any client make sense of. */
export const lineBytesMax = 48 * 1024 * 1024;

export class LineTooLongError extends Error {
  override readonly name = "LineTooLongError";
}

const newline = 0x0a;
const carriageReturn = 0x0d;

export class LineSplitter {
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** The lines that are whole now, without their ends; empty ones are left out. */
  add(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, at));
      lines.push(this.#take());
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines.filter((line) => line !== "");
  }

  /** What came after the last end of a line. */
  rest(): string {
    return this.#take();
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes > lineBytesMax) {
      throw new LineTooLongError(`a line is longer than ${lineBytesMax / 1024 / 1024} MiB`);
    }
    this.#parts.push(part);
  }

  #take(): string {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    return bytes.toString("utf8", 0, end);
  }
}
