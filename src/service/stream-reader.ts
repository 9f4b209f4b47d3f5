// A stream at its reader: asks for items when there are none left, and says so when it reads no more.
import type { Question, Reply } from "./link.ts";
import { Ask, type CallName, Tell } from "./wire.ts";

export interface StreamReaderOptions {
  readonly ask: (question: Question) => Reply | Promise<Reply>;
  readonly tell: (question: Question) => void;
  readonly name: CallName;
  readonly ahead: number;
}

const over: IteratorResult<unknown> = { done: true, value: undefined };

export class StreamReader implements AsyncIterableIterator<unknown>, AsyncDisposable {
  readonly #options: StreamReaderOptions;
  #items: unknown[] = [];
  #isOver = false;
  /** Reads are answered in their order. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  next(): Promise<IteratorResult<unknown>> {
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => undefined);
    return next;
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#items = [];
    if (!this.#isOver) {
      this.#isOver = true;
      const { tell, name } = this.#options;
      tell({ label: Ask.close, name, word: 0 });
    }
    return over;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<IteratorResult<unknown>> {
    while (this.#items.length === 0) {
      if (this.#isOver) return over;
      await this.#fetch();
    }
    return { done: false, value: this.#items.shift() };
  }

  async #fetch(): Promise<void> {
    const { ask, name, ahead } = this.#options;
    try {
      const { label, word, value } = await ask({ label: Ask.next, name, word: ahead });
      if (label === Tell.error) throw value;
      this.#items = value as unknown[];
      this.#isOver ||= word === 1;
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }
}

/** A call that is open. If a stream is what it comes to, it can be read as one before. */
export class CallPromise extends Promise<unknown> implements AsyncIterableIterator<unknown> {
  /** What `then` makes is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  async next(): Promise<IteratorResult<unknown>> {
    return (await this.#stream()).next();
  }

  async return(): Promise<IteratorResult<unknown>> {
    return (await this.#stream()).return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #stream(): Promise<StreamReader> {
    const value = await this;
    if (value instanceof StreamReader) return value;
    throw new TypeError("the method answered with a value, not a stream: await it");
  }
}
