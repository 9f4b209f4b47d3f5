// What a program of the system writes, in a file that is bounded: when it has become too long it is put
// aside in the place of the one before it, and another begun.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { formatOutput, type OutputStream } from "./output-record.ts";

export const outputFile = (directory: string): string => join(directory, "output");
export const olderOutputFile = (directory: string): string => join(directory, "output.1");

export interface OutputLogOptions {
  readonly directory: string;
  /** Of each of the two files; a record more, at most. */
  readonly bytesMax?: number;
  readonly now?: () => Date;
}

const defaultBytesMax = 4 * 1024 * 1024;

export class OutputLog {
  readonly #directory: string;
  readonly #bytesMax: number;
  readonly #now: () => Date;
  #fd: number;
  #bytes: number;

  constructor(options: OutputLogOptions) {
    const { directory, bytesMax = defaultBytesMax, now = () => new Date() } = options;
    this.#directory = directory;
    this.#bytesMax = bytesMax;
    this.#now = now;
    this.#fd = this.#open();
    this.#bytes = fstatSync(this.#fd).size;
  }

  write(stream: OutputStream, chunk: Uint8Array): void {
    const bytes = Buffer.concat(formatOutput(this.#now().toISOString(), stream, chunk));
    if (bytes.length === 0) return;
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#bytesMax) this.#rotate();
    this.#bytes += bytes.length;
    for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
  }

  /** A line of the system's own. */
  say(line: string, stream: "sys" | "end" = "sys"): void {
    this.write(stream, Buffer.from(`${line}\n`));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #open(): number {
    return openSync(outputFile(this.#directory), "a", 0o600);
  }

  #rotate(): void {
    closeSync(this.#fd);
    renameSync(outputFile(this.#directory), olderOutputFile(this.#directory));
    this.#fd = this.#open();
    this.#bytes = 0;
  }
}
