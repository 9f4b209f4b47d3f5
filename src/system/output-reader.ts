// Reads what a program has written, and goes on as it writes more: from the files themselves, so that
// it takes no running system, and a system that dies and comes back is not noticed.
import {
  closeSync,
  type FSWatcher,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { olderOutputFile, outputFile } from "./output-log.ts";
import { type OutputRecord, parseOutput } from "./output-record.ts";

/** All that is kept. */
export function readOutput(directory: string): OutputRecord[] {
  return [olderOutputFile(directory), outputFile(directory)].flatMap(
    (path) => parseOutput(readIfThere(path)).records,
  );
}

function readIfThere(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    return new Uint8Array();
  }
}

const chunkBytes = 65_536;

/** Hands on what is written from now on, and first what is kept. */
export class OutputFollower {
  readonly #directory: string;
  readonly #onRecords: (records: OutputRecord[]) => void;
  readonly #watcher: FSWatcher;
  #fd: number | undefined;
  #rest: Uint8Array = new Uint8Array();

  constructor(directory: string, onRecords: (records: OutputRecord[]) => void) {
    this.#directory = directory;
    this.#onRecords = onRecords;
    const { watch } = process.getBuiltinModule("node:fs");
    // Before the first look, so that nothing falls between.
    this.#watcher = watch(directory, () => this.#readOn());
    const older = parseOutput(readIfThere(olderOutputFile(directory))).records;
    if (older.length > 0) onRecords(older);
    this.#readOn();
  }

  close(): void {
    this.#watcher.close();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #readOn(): void {
    for (;;) {
      this.#fd ??= openIfThere(outputFile(this.#directory));
      if (this.#fd === undefined) return;
      this.#readToEnd(this.#fd);
      if (this.#fd === undefined || !this.#isAside(this.#fd)) return;
      // What was written before it was put aside has just been read.
      this.#readToEnd(this.#fd);
      closeSync(this.#fd);
      this.#fd = undefined;
      this.#rest = new Uint8Array();
    }
  }

  #readToEnd(fd: number): void {
    const buffer = Buffer.alloc(chunkBytes);
    // Whoever is told may close this.
    while (this.#fd === fd) {
      const count = readSync(fd, buffer);
      if (count === 0) return;
      const bytes = Buffer.concat([this.#rest, buffer.subarray(0, count)]);
      const { records, length } = parseOutput(bytes);
      this.#rest = bytes.subarray(length);
      if (records.length > 0) this.#onRecords(records);
    }
  }

  /** Another file has taken its name. */
  #isAside(fd: number): boolean {
    const now = statSync(outputFile(this.#directory), { throwIfNoEntry: false });
    return now !== undefined && now.ino !== fstatSync(fd).ino;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}
