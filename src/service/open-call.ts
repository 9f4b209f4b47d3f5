// A call at its service, while it is open: how it is given up, the functions that it was given and which
// its client runs for it, and the stream that it answered with.
import { AbortError, type CallSignal } from "./call-signal.ts";
import type { Telling } from "./telling.ts";
import type { StreamPump } from "./stream-pump.ts";
import { type CallName, type Outcome, Tell } from "./wire.ts";

interface Wanted {
  readonly number: number;
  readonly list: readonly unknown[];
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class OpenCall {
  readonly name: CallName;
  readonly signal: CallSignal;
  pump: StreamPump | undefined;
  onClosed: (() => void) | undefined;
  readonly #answer: (ticket: number, telling: Telling) => void;
  readonly #wanted: Wanted[] = [];
  /** Made for the first function that is called: most calls have none. */
  #waiting: Map<number, Waiting> | undefined;
  #lastWanted = 0;
  /** Of the client's question which function is to be called next. */
  #takeTicket: number | undefined;
  #isOver = false;

  constructor(
    name: CallName,
    signal: CallSignal,
    answer: (ticket: number, telling: Telling) => void,
  ) {
    this.name = name;
    this.signal = signal;
    this.#answer = answer;
  }

  /** A function of the client's: it runs there, and this tells what came of it. */
  callback(number: number): (...args: readonly unknown[]) => Promise<unknown> {
    return (...args) =>
      new Promise((resolve, reject) => {
        if (this.#isOver) {
          reject(goneError());
          return;
        }
        const wanted = ++this.#lastWanted;
        (this.#waiting ??= new Map()).set(wanted, { resolve, reject });
        this.#wanted.push({ number: wanted, list: [number, ...args] });
        this.#offer();
      });
  }

  take(ticket: number): Telling | undefined {
    const wanted = this.#wanted.shift();
    if (wanted !== undefined) return tellingOf(wanted);
    this.#takeTicket = ticket;
    return undefined;
  }

  settled(number: number, [isError, value]: Outcome): void {
    const waiting = this.#waiting?.get(number);
    this.#waiting?.delete(number);
    if (isError) waiting?.reject(value);
    else waiting?.resolve(value);
  }

  abort(reason: unknown): void {
    this.signal.abort(reason);
    this.pump?.fail(this.signal.reason);
  }

  /** The client reads no more. */
  close(): void {
    if (this.pump === undefined) this.onClosed?.();
    else this.pump.close();
  }

  over(): void {
    this.#isOver = true;
    if (this.#waiting !== undefined) this.#giveUpFunctions(this.#waiting);
    if (this.#takeTicket === undefined) return;
    this.#answer(this.#takeTicket, { label: Tell.over, word: 0, value: undefined });
    this.#takeTicket = undefined;
  }

  #giveUpFunctions(waiting: Map<number, Waiting>): void {
    const gone = goneError();
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  }

  #offer(): void {
    const ticket = this.#takeTicket;
    if (ticket === undefined) return;
    this.#takeTicket = undefined;
    this.#answer(ticket, tellingOf(this.#wanted.shift()!));
  }
}

/** Made only if somebody gets it: its trace alone would cost more than most calls. */
function goneError(): AbortError {
  return new AbortError("the call is over to which the function was given");
}

function tellingOf({ number, list }: Wanted): Telling {
  return { label: Tell.callback, word: number, value: list };
}
