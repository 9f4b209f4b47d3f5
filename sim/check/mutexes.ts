// The book of mutexes: who may believe to hold each. A thread that was told that it holds a mutex
// holds it alone until it unlocks it, waits on a condition with it, or dies.
import type { Mind } from "../mind.ts";
import { promise } from "../failure.ts";

export class MutexBook {
  readonly #holders = new Map<string, Mind>();
  readonly #unknown = new Set<string>();

  /** A thread was told that it holds the mutex (row and generation). */
  take(mutex: string, mind: Mind): void {
    if (this.#unknown.has(mutex)) return;
    const holder = this.#holders.get(mutex);
    const isFree = holder === undefined || holder === mind;
    promise(isFree, () => `mutex ${mutex} is held by two threads`);
    this.#holders.set(mutex, mind);
  }

  release(mutex: string, mind: Mind): void {
    const holder = this.#holders.get(mutex);
    const isOther = holder !== undefined && holder !== mind;
    promise(!isOther, () => `mutex ${mutex} was unlocked by a thread that does not hold it`);
    this.#holders.delete(mutex);
  }

  /** Its state was set: what threads were told before says nothing any more. */
  forget(mutex: string): void {
    this.#holders.delete(mutex);
    this.#unknown.add(mutex);
  }

  /** A thread has died: what it held passes on. */
  forgetHolder(mind: Mind): void {
    for (const [mutex, holder] of this.#holders) if (holder === mind) this.#holders.delete(mutex);
  }
}
