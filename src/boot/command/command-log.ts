// The log of one session with a command: its records as text, in the segmented log that all durable
// processes use. When it has become long, what it came to is written into it, and what lies before goes.
import { FileSegments, SegmentSyncs, SegmentWriter } from "../../machine/node/index.ts";
import { MemorySegments } from "../../machine/segment-memory.ts";
import type { SegmentStore } from "../../machine/segments.ts";
import type { HostRecord } from "../../process/index.ts";
import { LogStatus, type MessageLog, openLog } from "../../recovery/index.ts";
import type { DurableLevel } from "../durable/durable-server.ts";

export interface CommandLogOptions {
  readonly level: DurableLevel;
  /** Of the session. */
  readonly directory: string;
  readonly epoch: number;
  /** Bytes after which the log is cut. */
  readonly logBytesMax: number;
}

const logName = "session";
const segmentBytes = 256 * 1024;
/** What a cut calls the record that it goes back to. */
const imageName = "state";

const stateWordsMax = (60 * 1024 * 1024) / 4;

/** The log takes no more: nothing may be said that is not in it. */
export class CommandLogError extends Error {
  override readonly name = "CommandLogError";
}

export class CommandLog {
  readonly #log: MessageLog;
  readonly #logBytesMax: number;
  #bytes = 0;

  /** @throws LogRefusedError if what is there cannot be gone on with. */
  constructor({ level, directory, epoch, logBytesMax }: CommandLogOptions) {
    const segments = segmentsOf(level, directory);
    this.#log = openLog({ segments, name: logName, epoch, segmentBytes });
    this.#logBytesMax = logBytesMax;
  }

  *records(): Generator<HostRecord> {
    for (let i = this.#log.first; i < this.#log.end; i++) yield decode(this.#log.read(i));
  }

  /** @throws CommandLogError if there is no room for it. */
  append(record: HostRecord): void {
    this.#append(encode(record));
  }

  #append(words: Int32Array): void {
    const status = this.#log.append(words, words.length);
    if (status !== LogStatus.ok) throw full(status);
    this.#bytes += words.byteLength;
  }

  /** Calls back, in order, when all that was appended is stable: at once where it is. */
  whenStable(then: () => void): void {
    this.#log.whenStable(this.#log.end, (status) => {
      if (status !== LogStatus.ok) throw full(status);
      then();
    });
  }

  /** Shortens the log, if it is long, to what it came to. */
  cutTo(snapshot: () => HostRecord | undefined): void {
    if (this.#bytes < this.#logBytesMax) return;
    const record = snapshot();
    if (record === undefined) return;
    const number = this.#log.end;
    // A state that is itself long is not written after every record; one that fits no record, never.
    this.#bytes = 0;
    const words = encode(record);
    if (words.length > stateWordsMax) return;
    this.#append(words);
    this.whenStable(() => void this.#log.cut(number, imageName));
  }

  close(): void {
    this.#log.close();
  }
}

function full(status: LogStatus): CommandLogError {
  const why = status === LogStatus.full ? "there is no room where it is kept" : "the store failed";
  return new CommandLogError(`its log takes no more: ${why}`);
}

let syncs: SegmentSyncs | undefined;

function segmentsOf(level: DurableLevel, directory: string): SegmentStore {
  if (level === "memory") return new MemorySegments();
  const path = `${directory}/log`;
  if (level === "host") return new FileSegments({ directory: path });
  // One thread waits for the device, for all sessions.
  syncs ??= new SegmentSyncs(new SegmentWriter().connect());
  return new FileSegments({ directory: path, requestSync: syncs.request });
}

/** The length in bytes, then the text. */
function encode(record: HostRecord): Int32Array {
  const text = Buffer.from(JSON.stringify(record));
  const words = new Int32Array(1 + Math.ceil(text.length / 4));
  words[0] = text.length;
  new Uint8Array(words.buffer).set(text, 4);
  return words;
}

function decode(words: Int32Array): HostRecord {
  const bytes = Buffer.from(words.buffer, words.byteOffset + 4, words[0]);
  return JSON.parse(bytes.toString("utf8")) as HostRecord;
}
