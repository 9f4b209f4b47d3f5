// The way from a service in its realm to the servers that it was granted: requests are numbered, and the host
// brings their answers.
import { writeQuestion } from "../call-question.ts";
import { CodecReader } from "../codec-reader.ts";
import { FormatError } from "../format-error.ts";
import type { ReadOptions } from "../codec-reader.ts";
import type { CodecWriter } from "../codec-writer.ts";
import type { RawMessage, RawServer } from "../definition.ts";
import { type Link, type Question, type Reply, ServiceGoneError } from "../link.ts";
import type { RealmHost } from "./realm-face.ts";
import type { RealmTimers } from "./realm-timers.ts";

/** What became of a question: the bytes and words are in the realm's lists, until the next. */
interface Told {
  readonly label: number;
  readonly bytes: number;
}

interface Waiting {
  readonly resolve: (told: Told) => unknown;
  readonly reject: (error: unknown) => void;
}

export interface ServerLinksOptions {
  readonly host: RealmHost;
  readonly words: Int32Array;
  readonly writer: CodecWriter;
  readonly inbox: () => Uint8Array;
  readonly timers: RealmTimers;
}

export class ServerLinks {
  readonly #options: ServerLinksOptions;
  readonly #reader = new CodecReader();
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(options: ServerLinksOptions) {
    this.#options = options;
  }

  get openCount(): number {
    return this.#waiting.size;
  }

  replied(number: number, status: number, label: number, bytes: number): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    this.#waiting.delete(number);
    if (status === 0) waiting.resolve({ label, bytes });
    else waiting.reject(new ServiceGoneError(goneText(status)));
  }

  link(target: number): Link {
    const { timers } = this.#options;
    return {
      ask: (question, reading) => this.#ask(target, question, reading),
      after: (ms, then) => {
        const number = timers.start(ms, then);
        return () => timers.stop(number);
      },
      close: () => undefined,
    };
  }

  raw(target: number): RawServer {
    return { send: (message) => this.#send(target, message) };
  }

  #ask(target: number, question: Question, reading: ReadOptions): Promise<Reply> {
    const { words, writer, inbox } = this.#options;
    const { label, name } = question;
    const length = writeQuestion(writer, question);
    words.set([name.low, name.high, name.number, question.word, 0, 0]);
    return this.#under(target, label, length, (told) => ({
      label: told.label,
      word: words[0],
      value: told.bytes === 0 ? undefined : this.#reader.read(inbox(), told.bytes, reading),
    }));
  }

  #send(target: number, { label, words = [], bytes }: RawMessage): Promise<Required<RawMessage>> {
    const { writer, inbox } = this.#options;
    if (words.length > 6) throw new FormatError("a message has six words at most");
    const length = bytes === undefined ? 0 : writer.writeRaw(bytes);
    this.#options.words.fill(0);
    this.#options.words.set(words);
    return this.#under(target, label, length, (told) => ({
      label: told.label,
      words: Array.from(this.#options.words.subarray(0, 6)),
      bytes: inbox().slice(0, told.bytes),
    }));
  }

  /** What was told is read while it is there: before anything else runs. */
  #under<T>(target: number, label: number, length: number, read: (told: Told) => T): Promise<T> {
    const number = ++this.#last;
    return new Promise<T>((resolve, reject) => {
      const readNow = (told: Told): void => {
        try {
          resolve(read(told));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.set(number, { resolve: readNow, reject });
      this.#options.host.ask(number, target, label, length);
    });
  }
}

function goneText(status: number): string {
  return (
    `the server has ended or cannot be reached (status ${status}), and it is not known what became of ` +
    "the call"
  );
}
