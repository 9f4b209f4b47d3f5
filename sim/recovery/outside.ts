// The world outside of the cell, which no crash touches: clients in other processes, and whoever sees the
// effects of durable ones. The checker is here: it knows requests and answers, and nothing of logs.
import { BrokenPromise } from "../failure.ts";

/** What a client outside was answered. */
export interface Answer {
  readonly number: number;
  /** How many requests of this client the server counted, and of all clients, when it answered. */
  readonly count: number;
  readonly total: number;
  /** The same of the server behind it, for a nested request. */
  readonly behind: number;
}

/** One client in another process: one request at a time, made again until it is answered. */
export class OutsideClient {
  readonly badge: number;
  /** What it asks, in order. */
  readonly labels: number[];
  readonly answers: Answer[] = [];
  /** The cell that it has found last: it never goes back to an earlier one. */
  epoch = 0;

  constructor(badge: number, labels: number[]) {
    this.badge = badge;
    this.labels = labels;
  }

  /** The number of its open request, from 1; undefined when it has no more. */
  get open(): number | undefined {
    const number = this.answers.length + 1;
    return number > this.labels.length ? undefined : number;
  }

  answered(words: Int32Array): void {
    this.answers.push(answerOf(words));
  }
}

/** Those who see effects: each may come again, with the same content. */
export class Effects {
  readonly seen = new Map<number, Answer[]>();
  repeats = 0;

  /** `number`: which effect of the process it is, from 1. */
  happened(badge: number, number: number, words: Int32Array): void {
    const list = this.seen.get(badge) ?? [];
    this.seen.set(badge, list);
    const answer = answerOf(words);
    if (number === list.length + 1) list.push(answer);
    else if (number <= list.length) this.#repeated(list[number - 1]!, answer);
    else fail(`effect ${number} of ${badge} came before effect ${list.length + 1}`);
  }

  #repeated(first: Answer, again: Answer): void {
    this.repeats++;
    const isSame =
      first.number === again.number &&
      first.count === again.count &&
      first.total === again.total &&
      first.behind === again.behind;
    if (!isSame) fail(`an effect came again with another content: ${text(first)}, ${text(again)}`);
  }
}

/** Judges all histories: by badge, the answers in the order in which the client got them. */
export function judge(histories: ReadonlyMap<number, readonly Answer[]>): void {
  const totals: number[] = [];
  const behinds: number[] = [];
  for (const [badge, answers] of histories) {
    answers.forEach((answer, i) => {
      const number = i + 1;
      const isRight = answer.number === number && answer.count === number;
      if (!isRight) fail(`client ${badge} got ${text(answer)} for its request ${number}`);
      totals.push(answer.total);
      if (answer.behind > 0) behinds.push(answer.behind);
    });
  }
  judgeCounted("requests", totals);
  judgeCounted("nested requests", behinds);
}

/** Every request counted once: the totals are 1, 2, 3 and so on, in some order. */
function judgeCounted(what: string, totals: readonly number[]): void {
  totals
    .toSorted((a, b) => a - b)
    .forEach((total, i) => {
      if (total !== i + 1)
        fail(`of ${totals.length} ${what}, one was counted as ${total}, not ${i + 1}`);
    });
}

function answerOf(words: Int32Array): Answer {
  const [number = 0, count = 0, total = 0, behind = 0] = words;
  return { number, count, total, behind };
}

function text({ number, count, total, behind }: Answer): string {
  return `(request ${number}, count ${count}, total ${total}, behind ${behind})`;
}

function fail(what: string): never {
  throw new BrokenPromise(what);
}
