// A service for clients on another core: requests that come over a link are served by its dispatcher. What is not
// answered at once is answered when the method is done.
import { type CallServer, type IncomingMessage, numberBytes, type Rpc } from "../channel/index.ts";
import {
  CodecWriter,
  Dispatcher,
  type DispatcherOptions,
  errorTelling,
  type Telling,
} from "../service/index.ts";
import {
  answerBytes,
  bodyBytesMax,
  clientShift,
  contentBytesMax,
  labelMask,
  putWords,
  requestBytes,
  WordBytes,
  WordsOf,
} from "./layout.ts";

export interface RemoteServiceOptions extends Pick<
  DispatcherOptions,
  "definition" | "state" | "surroundings"
> {
  /** Number by which its methods know the clients at the other core; no other link to the service has it. */
  readonly caller: number;
}

export class RemoteService implements CallServer {
  readonly #dispatcher: Dispatcher;
  readonly #caller: number;
  readonly #writer = new CodecWriter(bodyBytesMax);
  #rpc: Rpc | undefined;
  /** The body of the request that is being served. */
  readonly #body = new WordBytes(1024);
  readonly #written = new WordsOf();

  constructor({ caller, ...options }: RemoteServiceOptions) {
    this.#caller = caller;
    this.#dispatcher = new Dispatcher({
      ...options,
      answer: (ticket, telling) => this.#answer(ticket, telling),
    });
  }

  /** To be told once, before anything is asked: by which calls it answers. */
  answerBy(rpc: Rpc): void {
    this.#rpc = rpc;
  }

  request(call: number, { words, at, length }: IncomingMessage): void {
    const count = length - numberBytes - requestBytes;
    this.#body.take(words, at + 1 + requestBytes / 4, count);
    const first = words[at + 1];
    const telling = this.#dispatcher.serve({
      ticket: call,
      caller: this.#caller,
      label: first & labelMask,
      // Of those who call this service nobody else has both numbers.
      low: first >>> clientShift,
      high: this.#caller,
      number: words[at + 2],
      word: words[at + 3],
      bytes: this.#body.bytes,
      length: count,
    });
    if (telling !== undefined) this.#answer(call, telling);
  }

  /** Clients of services say so themselves, with a reason. */
  abandoned(): void {}

  /** Methods that are under way run to their end; what they answer goes nowhere. */
  ended(): void {}

  #answer(call: number, { label, word, value }: Telling): void {
    const writer = this.#writer;
    if (value === undefined) return this.#send(call, { label, word, count: 0 });
    try {
      writer.write(value);
    } catch (error) {
      writer.write(error);
      return this.#send(call, { ...errorTelling(error), count: writer.length });
    }
    this.#send(call, { label, word, count: writer.length });
  }

  #send(
    call: number,
    { label, word, count }: Pick<Telling, "label" | "word"> & { readonly count: number },
  ): void {
    const rpc = this.#rpc!;
    const { bytes } = this.#writer;
    const at = answerBytes + count <= contentBytesMax ? rpc.beginAnswer() : -1;
    if (at < 0) return this.#sendLong(call, { label, word, count });
    const { link } = rpc;
    link.words[at] = label;
    link.words[at + 1] = word;
    putWords(this.#written.of(bytes), count, link.words, at + answerBytes / 4);
    rpc.publishAnswer(call, at, answerBytes + count);
  }

  #sendLong(
    call: number,
    { label, word, count }: Pick<Telling, "label" | "word"> & { readonly count: number },
  ): void {
    const content = new Uint8Array(answerBytes + count);
    new Int32Array(content.buffer, 0, 2).set([label, word]);
    content.set(this.#writer.bytes.subarray(0, count), answerBytes);
    this.#rpc!.answer(call, content);
  }
}
