// The book of messages: every message that the workload sends has a number, which decides all its
// words and bytes. A message must arrive at most once, unchanged, never after its sender was told
// that it was not sent; and an answer must answer the call that it was given for.
import { messageWordCount, Register } from "../../src/abi/index.ts";
import type { Mind } from "../mind.ts";
import { promise } from "../failure.ts";

/** Label of every message of the workload. */
export const bookLabel = 0x5ea;

const words = { number: Register.w0, answers: Register.w1, first: Register.w2 } as const;

/** A word that a message's number decides. */
export function wordOf(message: number, index: number): number {
  let mixed = Math.imul(message ^ 0x9e3779b1, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0x2c1b3c6d) | 0;
}

/** The long part of a message: its extra words, and the strings that arrive as one stream of bytes. */
export interface Stream {
  readonly wordCount: number;
  /** Bytes at the start of the stream that the message's number decides; then come others. */
  readonly knownBytes: number;
  readonly bytes: number;
}

export const shortStream: Stream = { wordCount: 0, knownBytes: 0, bytes: 0 };

interface Entry {
  arrived: number;
  isRefused: boolean;
  /** The call that it answers, 0 if it is a call itself or nobody knows. */
  readonly answers: number;
  readonly sender: Mind | undefined;
  stream: Stream | undefined;
}

export class MessageBook {
  /** By number; number 0 is no message. */
  readonly #entries: Entry[] = [
    { arrived: 0, isRefused: false, answers: 0, sender: undefined, stream: undefined },
  ];

  /** Writes a new message into registers. Answers its number. */
  compose(registers: Int32Array, sender: Mind, answers: number): number {
    const message = this.#entries.length;
    this.#entries.push({ arrived: 0, isRefused: false, answers, sender, stream: shortStream });
    registers[Register.label] = bookLabel;
    registers[words.number] = message;
    registers[words.answers] = answers;
    for (let i = 2; i < messageWordCount; i++) registers[Register.w0 + i] = wordOf(message, i);
    return message;
  }

  setStream(message: number, stream: Stream | undefined): void {
    this.#entries[message].stream = stream;
  }

  /** What is known of a message's bytes; undefined if nobody can tell. */
  streamOf(message: number): Stream | undefined {
    return this.#entries[message].stream;
  }

  senderOf(message: number): Mind | undefined {
    return this.#entries[message].sender;
  }

  hasArrived(message: number): boolean {
    return this.#entries[message].arrived > 0;
  }

  /** The sender was told that this message was not sent. */
  refuse(message: number): void {
    if (message === 0) return;
    promise(!this.hasArrived(message), () => `message ${message} was refused after it arrived`);
    this.#entries[message].isRefused = true;
  }

  /** A message came: checks it. Answers its number, 0 if it is not of the book. */
  arrive(registers: Int32Array): number {
    if (registers[Register.label] !== bookLabel) return 0;
    const message = registers[words.number];
    const entry = this.#entries[message];
    promise(entry !== undefined, () => `message ${message} was never sent`);
    for (let i = 2; i < messageWordCount; i++) {
      const isWhole = registers[Register.w0 + i] === wordOf(message, i);
      promise(isWhole, () => `word ${i} of message ${message} was changed on the way`);
    }
    promise(registers[words.answers] === entry.answers, () => `message ${message} was mixed up`);
    promise(entry.arrived === 0, () => `message ${message} arrived twice`);
    promise(!entry.isRefused, () => `message ${message} arrived after it was refused`);
    entry.arrived++;
    return message;
  }

  /** An answer came to the caller that sent `asked`. */
  answer(message: number, asked: number): void {
    if (message === 0 || asked === 0) return;
    const { answers } = this.#entries[message];
    promise(
      answers === 0 || answers === asked,
      () => `the answer ${message} to call ${answers} was given to call ${asked}`,
    );
  }
}
