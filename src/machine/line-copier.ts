// Moves lines between memories that are not the same: out of the channel that one side writes, over whatever there
// is, into the channel that the other side reads. Carriers that share no memory are made of these two.
//
// Both rely on what the two sides promise each other: a slot is not written again before its line was
// acknowledged, and what a line says of bulk memory stays there until then.
import {
  Header,
  headerWord,
  lineWords,
  payloadBytes,
  sequenceWord,
  slotsOf,
  slotsWord,
} from "./line.ts";

/** Reads the lines of a channel in order, each once. */
export class LineTaker {
  readonly #channel: Int32Array;
  readonly #mask: number;
  #taken: number;

  /** @param before The sequence number before the first line. */
  constructor(channel: Int32Array, before = 0) {
    this.#channel = channel;
    this.#mask = slotsOf(channel.length) - 1;
    this.#taken = before;
  }

  /** Index of the first word of the next line, which is taken by that; -1 if it was not written yet. */
  take(): number {
    const at = slotsWord + (this.#taken & this.#mask) * lineWords;
    const expected = (this.#taken + 1) | 0;
    if (Atomics.load(this.#channel, at + sequenceWord) !== expected) return -1;
    this.#taken = expected;
    return at;
  }
}

/** Writes lines into a channel as they were in another one. */
export class LinePutter {
  readonly #channel: Int32Array;
  readonly #mask: number;

  constructor(channel: Int32Array) {
    this.#channel = channel;
    this.#mask = slotsOf(channel.length) - 1;
  }

  /** @param line The sixteen words of a line, from index `at` on. */
  put(line: Int32Array, at: number): void {
    const sequence = line[at + sequenceWord];
    const to = slotsWord + ((sequence - 1) & this.#mask) * lineWords;
    for (let word = 0; word < sequenceWord; word++) this.#channel[to + word] = line[at + word];
    Atomics.store(this.#channel, to + sequenceWord, sequence);
  }
}

/** The bytes of bulk memory that a line refers to: where they begin, and how many. None: `[0, 0]`. */
export function bulkOf(line: Int32Array, at: number): readonly [from: number, count: number] {
  const header = line[at + headerWord] >>> 16;
  if ((header & Header.bulk) === 0) return noBulk;
  const bytes = header & Header.bytes;
  // Whoever reads the line gives up a link that has such.
  if (bytes < 8 || bytes > payloadBytes) return noBulk;
  const end = at + ((bytes + 3) >> 2);
  return [line[end - 2], line[end - 1]];
}

const noBulk = [0, 0] as const;
