// The calls of one side that were not answered yet, by number. A number is free again when its answer has come, and
// not sooner: a call that was given up keeps it, so that a late answer is never taken for another call's.
import { LineError } from "./link-error.ts";

/** Who waits for an answer. One may wait for any number of calls: it is told the number. */
export interface Waiter<M> {
  answered(call: number, message: M): void;
  /** There will be no answer, or none that anybody waits for. */
  failed(call: number, error: Error): void;
}

/** More calls are open on a link than there are numbers. */
export class TooManyCallsError extends Error {
  override readonly name = "TooManyCallsError";
}

const callsMax = 65_536;

export class OpenCalls<M> {
  /** By number: who waits; null after it gave the call up; undefined while the number is free. */
  readonly #waiters: (Waiter<M> | null | undefined)[] = [];
  readonly #deadlinesNs: number[] = [];
  readonly #free: number[] = [];
  #waitingCount = 0;
  #earliestNs = Infinity;

  /** Calls that somebody waits for. */
  get count(): number {
    return this.#waitingCount;
  }

  /** No deadline is before this; Infinity if there is none at all. */
  get earliestNs(): number {
    return this.#earliestNs;
  }

  /** @throws TooManyCallsError */
  open(waiter: Waiter<M>, deadlineNs: number): number {
    const call = this.#free.pop() ?? this.#newNumber();
    this.#waiters[call] = waiter;
    this.#deadlinesNs[call] = deadlineNs;
    if (deadlineNs < this.#earliestNs) this.#earliestNs = deadlineNs;
    this.#waitingCount++;
    return call;
  }

  isWaiting(call: number): boolean {
    return (this.#waiters[call] ?? undefined) !== undefined;
  }

  /**
   * The answer of a call is here: its number is free.
   *
   * @returns Who waited; undefined: the call was given up.
   * @throws LineError if there is no such call
   */
  close(call: number): Waiter<M> | undefined {
    const waiter = this.#waiters[call];
    if (waiter === undefined) throw new LineError("an answer is to a call, and the only one");
    if (waiter !== null) this.#waitingCount--;
    this.#waiters[call] = undefined;
    this.#free.push(call);
    return waiter ?? undefined;
  }

  /** Fails one call; its number stays taken until the answer comes. False if nobody waits for it. */
  giveUp(call: number, error: Error): boolean {
    const waiter = this.#waiters[call];
    if (waiter === undefined || waiter === null) return false;
    this.#waiters[call] = null;
    this.#waitingCount--;
    waiter.failed(call, error);
    return true;
  }

  /** Fails the calls whose time is over. Answers which those are. */
  expire(nowNs: number, error: (deadlineNs: number) => Error): number[] {
    if (nowNs < this.#earliestNs) return [];
    const over: number[] = [];
    this.#earliestNs = Infinity;
    this.#waiters.forEach((waiter, call) => {
      if (waiter === undefined || waiter === null) return;
      const deadlineNs = this.#deadlinesNs[call];
      if (deadlineNs <= nowNs) over.push(call);
      else if (deadlineNs < this.#earliestNs) this.#earliestNs = deadlineNs;
    });
    for (const call of over) this.giveUp(call, error(this.#deadlinesNs[call]));
    return over;
  }

  /** Fails all calls, in the order of their numbers. */
  failAll(error: Error): void {
    for (let call = 0; call < this.#waiters.length; call++) this.giveUp(call, error);
    this.#earliestNs = Infinity;
  }

  #newNumber(): number {
    const call = this.#waiters.length;
    if (call < callsMax) return call;
    throw new TooManyCallsError(
      `${callsMax} calls over one link are not answered: await some before making more`,
    );
  }
}
