// The way from a client to a service on another core: a link of services over a link of cores. While the other core
// looks for lines, an answer is there within a microsecond; so a call looks for it that long before it becomes a
// promise, and an answer that came in time costs no turn of the event loop.
import {
  type CallWaiter,
  type IncomingMessage,
  numberBytes,
  Optimism,
  type Rpc,
} from "../channel/index.ts";
import {
  CodecReader,
  CodecWriter,
  type Link,
  type Question,
  type ReadOptions,
  type Reply,
  ServiceGoneError,
  writeQuestion,
} from "../service/index.ts";
import {
  answerBytes,
  bodyBytesMax,
  clientShift,
  contentBytesMax,
  putWords,
  requestBytes,
  WordBytes,
  WordsOf,
} from "./layout.ts";
import { TurnCap } from "./turn-cap.ts";

type CallName = Question["name"];

export interface RemoteClientOptions {
  readonly rpc: Rpc;
  /** Looks for an answer before a call becomes a promise. 0 where threads outnumber processors. */
  readonly looks: number;
  /** Called when a call has become a promise: whoever drives the link should look for the answer. */
  readonly onWaiting: () => void;
}

/** How long a thread blocks for a far side that it has woken: some wake-ups, and less than a timer could notice. */
const blockMs = 0.2;

/** A call that is a promise. */
interface Pending {
  readonly reading: ReadOptions;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

export class RemoteClient implements Link, CallWaiter {
  readonly #rpc: Rpc;
  readonly #onWaiting: () => void;
  readonly #optimism: Optimism;
  readonly #turnCap = new TurnCap();
  readonly #writer = new CodecWriter(bodyBytesMax);
  readonly #reader = new CodecReader();
  readonly #pending = new Map<number, Pending>();
  /** Of the call that is being made: its number, how its answer is read, and what it came to. */
  #lastCall = 0;
  #reading: ReadOptions = {};
  #reply: Reply | undefined;
  #error: unknown;
  readonly #body = new WordBytes(1024);
  readonly #written = new WordsOf();
  #isClosed = false;
  /** The clients that call by this, and which of them did so last. */
  readonly #clients = new Map<string, number>();
  #low = NaN;
  #high = NaN;
  #client = 0;

  constructor({ rpc, looks, onWaiting }: RemoteClientOptions) {
    this.#rpc = rpc;
    this.#onWaiting = onWaiting;
    this.#optimism = new Optimism(looks);
  }

  ask(question: Question, reading: ReadOptions): Reply | Promise<Reply> {
    if (this.#isClosed) throw new ServiceGoneError("this client was closed");
    this.#reading = reading;
    this.#reply = this.#error = undefined;
    const isUrgent = question.isUrgent === true;
    const isSettled = this.#isAnswered(question, isUrgent);
    if (!isSettled) return this.#later(this.#lastCall, reading);
    if (this.#error !== undefined) throw this.#error;
    const reply = this.#reply!;
    if (isUrgent || !this.#turnCap.isDue()) return reply;
    return new Promise((resolve) => setImmediate(() => resolve(reply)));
  }

  after(ms: number, then: () => void): () => void {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  }

  close(): void {
    this.#isClosed = true;
  }

  answered(call: number, message: IncomingMessage): void {
    const pending = this.#take(call);
    if (pending === undefined) return this.#keep(message);
    try {
      pending.resolve(this.#replyOf(message, pending.reading));
    } catch (error) {
      pending.reject(error);
    }
  }

  failed(call: number, cause: Error): void {
    const error = new ServiceGoneError(cause.message, { cause });
    const pending = this.#take(call);
    if (pending === undefined) this.#error = error;
    else pending.reject(error);
  }

  /** Makes the call. Whether its answer is there, or came while it was looked for. */
  #isAnswered(question: Question, isUrgent: boolean): boolean {
    const rpc = this.#rpc;
    const { rings } = rpc.link;
    const call = (this.#lastCall = this.#call(question));
    if (!rpc.isOpen(call)) return true;
    const optimism = this.#optimism;
    const { isBetting } = optimism;
    let isSettled = false;
    // Who had to be woken is not looked for: it may need this processor to answer.
    if (rpc.link.rings !== rings && isBetting) isSettled = this.#block(call);
    else isSettled = rpc.spin(call, isUrgent ? optimism.urgentLooks : optimism.looks);
    optimism.tell(isSettled);
    return isSettled;
  }

  #block(call: number): boolean {
    // The bell of this side is not set afterwards, so whoever drives the link has to be awake.
    this.#onWaiting();
    return this.#rpc.block(call, blockMs);
  }

  /** The promise that a call has become. The process stays alive while there is one. */
  #take(call: number): Pending | undefined {
    const pending = this.#pending.get(call);
    if (pending === undefined) return undefined;
    this.#pending.delete(call);
    if (this.#pending.size === 0) this.#rpc.link.carrier.hold(false);
    return pending;
  }

  /** The answer of the call that is being made. */
  #keep(message: IncomingMessage): void {
    try {
      this.#reply = this.#replyOf(message, this.#reading);
    } catch (error) {
      this.#error = error;
    }
  }

  #call(question: Question): number {
    const length = writeQuestion(this.#writer, question);
    const { bytes } = this.#writer;
    const rpc = this.#rpc;
    const count = requestBytes + length;
    const at = count <= contentBytesMax ? rpc.begin() : -1;
    if (at < 0) return this.#callLong(question, length);
    const { link } = rpc;
    this.#writeWords(question, link.words, at);
    putWords(this.#written.of(bytes), length, link.words, at + requestBytes / 4);
    return rpc.call(at, count, this);
  }

  #callLong(question: Question, length: number): number {
    const content = new Uint8Array(requestBytes + length);
    this.#writeWords(question, new Int32Array(content.buffer, 0, requestBytes / 4), 0);
    content.set(this.#writer.bytes.subarray(0, length), requestBytes);
    return this.#rpc.callBytes(content, this);
  }

  #later(call: number, reading: ReadOptions): Promise<Reply> {
    if (this.#pending.size === 0) this.#rpc.link.carrier.hold(true);
    this.#onWaiting();
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { reading, resolve, reject });
    });
  }

  #replyOf({ words, at, length }: IncomingMessage, reading: ReadOptions): Reply {
    const count = length - numberBytes - answerBytes;
    return {
      label: words[at + 1],
      word: words[at + 2],
      value: count === 0 ? undefined : this.#read(words, at + 1 + answerBytes / 4, count, reading),
    };
  }

  /** Out of the message first: memory that another core writes may change while it is read. */
  #read(words: Int32Array, at: number, count: number, reading: ReadOptions): unknown {
    this.#body.take(words, at, count);
    return this.#reader.read(this.#body.bytes, count, reading);
  }

  #writeWords({ label, name, word }: Question, words: Int32Array, at: number): void {
    if (name.low !== this.#low || name.high !== this.#high) this.#introduce(name);
    words[at] = label | (this.#client << clientShift);
    words[at + 1] = name.number;
    words[at + 2] = word;
  }

  /** Several clients may share a link; mostly there is one, and it is the one that called last. */
  #introduce({ low, high }: CallName): void {
    const key = `${high}.${low}`;
    const client = this.#clients.get(key) ?? this.#clients.size;
    this.#clients.set(key, client);
    [this.#low, this.#high, this.#client] = [low, high, client];
  }
}
