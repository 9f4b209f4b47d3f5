// A stream at its service: takes items from a generator as far as the reader has asked, and hands them over
// in lists. A reader that does not ask stops the generator: nothing is kept for it beyond what it asked for.
import { errorTelling, type Telling } from "./telling.ts";
import { Tell } from "./wire.ts";

interface Source {
  next(): unknown;
  return?(): unknown;
}

export interface PumpEvents {
  tell(ticket: number, telling: Telling): void;
  ended(): void;
}

export function isStream(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const { next } = value as { next?: unknown };
  return typeof next === "function" && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

export class StreamPump {
  readonly #source: Source;
  readonly #events: PumpEvents;
  #items: unknown[] = [];
  /** Who waits for items. */
  #ticket: number | undefined;
  #asked = 0;
  #isPulling = false;
  /** The last of all: the end, or why there will be no more. */
  #end: Telling | undefined;

  constructor(source: object, events: PumpEvents) {
    // `isStream` has looked for `next`.
    this.#source = source as Source;
    this.#events = events;
  }

  next(ticket: number, count: number): Telling | undefined {
    this.#asked = count;
    const told = this.#ready();
    if (told === undefined) this.#ticket = ticket;
    this.#pull();
    return told;
  }

  close(): void {
    if (this.#end !== undefined) return;
    this.#finish({ label: Tell.items, word: 1, value: [] });
    this.#letGo();
  }

  fail(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#finish(errorTelling(reason));
    this.#letGo();
  }

  /** What a generator does on its way out is its own affair. */
  #letGo(): void {
    try {
      const left = this.#source.return?.();
      if (left instanceof Promise) left.catch(() => undefined);
    } catch {
      // Nobody reads on.
    }
  }

  #ready(): Telling | undefined {
    if (this.#items.length === 0) {
      if (this.#end !== undefined) this.#events.ended();
      return this.#end;
    }
    const isLast = this.#end?.label === Tell.items;
    if (isLast) this.#events.ended();
    return { label: Tell.items, word: isLast ? 1 : 0, value: this.#items.splice(0) };
  }

  #pull(): void {
    if (this.#isPulling || this.#end !== undefined || this.#items.length >= this.#asked) return;
    this.#isPulling = true;
    let step: unknown;
    try {
      step = this.#source.next();
    } catch (error) {
      step = Promise.reject(error);
    }
    Promise.resolve(step).then(
      (result) => this.#took(result as IteratorResult<unknown>),
      (error: unknown) => this.#finish(errorTelling(error)),
    );
  }

  #took({ done, value }: IteratorResult<unknown>): void {
    this.#isPulling = false;
    if (this.#end !== undefined) return;
    if (done === true) {
      this.#finish({ label: Tell.items, word: 1, value: [] });
      return;
    }
    this.#items.push(value);
    this.#offer();
    this.#pull();
  }

  #finish(end: Telling): void {
    this.#isPulling = false;
    this.#end ??= end;
    this.#offer();
  }

  #offer(): void {
    const ticket = this.#ticket;
    if (ticket === undefined) return;
    this.#ticket = undefined;
    const told = this.#ready();
    if (told !== undefined) this.#events.tell(ticket, told);
  }
}
