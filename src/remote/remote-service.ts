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
import { answerBytes, bodyBytesMax, contentBytesMax, copyBytes, requestBytes } from "./layout.ts";

export interface RemoteServiceOptions extends Pick<
  DispatcherOptions,
  "definition" | "state" | "surroundings"
> {
  /** Number by which its methods know the clients at the other core. */
  readonly caller: number;
}

export class RemoteService implements CallServer {
  readonly #dispatcher: Dispatcher;
  readonly #caller: number;
  readonly #writer = new CodecWriter(bodyBytesMax);
  #rpc: Rpc | undefined;
  /** The body of the request that is being served. */
  #body = new Uint8Array(1024);

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

  request(call: number, { words, bytes, at, length }: IncomingMessage): void {
    const count = length - numberBytes - requestBytes;
    if (count > this.#body.length) this.#body = new Uint8Array(2 * count);
    copyBytes({ bytes, at: at * 4 + numberBytes + requestBytes, count }, this.#body, 0);
    const telling = this.#dispatcher.serve({
      ticket: call,
      caller: this.#caller,
      label: words[at + 1],
      low: words[at + 2],
      high: words[at + 3],
      number: words[at + 4],
      word: words[at + 5],
      bytes: this.#body,
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
    copyBytes({ bytes, at: 0, count }, link.bytes, at * 4 + answerBytes);
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
