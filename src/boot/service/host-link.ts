// The way from code of the host to a service of its system.
import { portalBytesMax, statusName } from "../../abi/index.ts";
import {
  CodecReader,
  CodecWriter,
  type Link,
  NotImmediateError,
  type Question,
  type ReadOptions,
  type Reply,
  ServiceGoneError,
  writeQuestion,
} from "../../service/index.ts";
import type { HostCaller } from "./host-caller.ts";
import type { HostAnswer } from "./host-thread.ts";

/** What is sent: the same object for every question, since its bytes are those of the link's writer. */
interface Sent {
  readonly slot: number;
  readonly words: number[];
  label: number;
  bytes: Uint8Array;
  length: number;
}

export class HostLink implements Link {
  readonly #caller: HostCaller;
  readonly #name: string;
  readonly #writer = new CodecWriter(portalBytesMax);
  readonly #reader = new CodecReader();
  readonly #sent: Sent;
  #isClosed = false;

  /** @param slot of the service's endpoint, at the caller */
  constructor(caller: HostCaller, slot: number, name: string) {
    this.#caller = caller;
    this.#name = name;
    const { bytes } = this.#writer;
    this.#sent = { slot, words: [0, 0, 0, 0, 0, 0], label: 0, bytes, length: 0 };
  }

  ask(question: Question, reading: ReadOptions): Reply | Promise<Reply> {
    this.#write(question);
    const caller = this.#caller;
    const answer = caller.call(this.#sent);
    if (answer === undefined) return this.#later(question, reading);
    const reply = this.#replyOf(answer, reading);
    if (question.isUrgent === true || !caller.isTurnDue()) return reply;
    return new Promise((resolve) => setImmediate(() => resolve(reply)));
  }

  after(ms: number, then: () => void): () => void {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  }

  close(): void {
    this.#isClosed = true;
  }

  #write(question: Question): void {
    if (this.#isClosed) throw new ServiceGoneError(`this client of ${this.#name} was closed`);
    const sent = this.#sent;
    sent.length = writeQuestion(this.#writer, question);
    sent.bytes = this.#writer.bytes;
    sent.label = question.label;
    const { words } = sent;
    const { low, high, number } = question.name;
    words[0] = low;
    words[1] = high;
    words[2] = number;
    words[3] = question.word;
  }

  #later(question: Question, reading: ReadOptions): Promise<Reply> {
    const caller = this.#caller;
    if (question.isUrgent === true && !caller.isMade && !caller.isClosed) {
      throw new NotImmediateError("the core is busy with others: await the call, without syncOf");
    }
    return caller.later(this.#sent, (answer) => this.#replyOf(answer, reading));
  }

  #replyOf(answer: HostAnswer | undefined, reading: ReadOptions): Reply {
    if (answer === undefined) throw new ServiceGoneError(`the system of ${this.#name} has ended`);
    const { status, label, word, bytes, length } = answer;
    if (status !== 0) throw new ServiceGoneError(goneText(this.#name, status));
    return {
      label,
      word,
      value: length === 0 ? undefined : this.#reader.read(bytes, length, reading),
    };
  }
}

function goneText(name: string, status: number): string {
  return (
    `${name} did not answer (${statusName(status)}): it has ended or broke at this call, and it is not ` +
    "known what became of it"
  );
}
