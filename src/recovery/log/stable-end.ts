// Which records are stable, and who waits for it, where the device has to be asked. One sync is under
// way at a time and covers what was written before it began; what is asked for meanwhile shares the
// next one. That is all there is to group commit.
import { LogStatus } from "./message-log.ts";

/** Makes durable what was written so far, and calls back from the event loop. */
export type StartSync = (then: (isDurable: boolean) => void) => void;

type Waiter = (status: LogStatus) => void;

export class StableEnd {
  /** Records with smaller numbers are stable. */
  end = 0;
  readonly #start: StartSync;
  readonly #written: () => number;
  /** Who is served by the sync that is under way, and who by the one after it. */
  #riding: Waiter[] = [];
  #waiting: Waiter[] = [];
  /** What the sync under way covers; -1 while there is none. */
  #coveredEnd = -1;
  #isFailed = false;

  constructor(written: () => number, start: StartSync) {
    this.#written = written;
    this.#start = start;
  }

  whenStable(end: number, then: Waiter): void {
    if (this.#isFailed) then(LogStatus.failed);
    else if (end <= this.end) then(LogStatus.ok);
    else if (end <= this.#coveredEnd) this.#riding.push(then);
    else this.afterNextSync(then);
  }

  /** Calls back when all that has been written until now is stable, records or not. */
  afterNextSync(then: Waiter): void {
    this.#waiting.push(then);
    if (this.#coveredEnd < 0) this.#begin();
  }

  /** Nothing more will become stable. */
  fail(): void {
    this.#isFailed = true;
    const all = [...this.#riding, ...this.#waiting];
    this.#riding = [];
    this.#waiting = [];
    for (const then of all) then(LogStatus.failed);
  }

  #begin(): void {
    this.#coveredEnd = this.#written();
    this.#riding = this.#waiting;
    this.#waiting = [];
    this.#start((isDurable) => {
      this.#finish(isDurable);
    });
  }

  #finish(isDurable: boolean): void {
    if (this.#isFailed) return;
    if (!isDurable) {
      this.fail();
      return;
    }
    this.end = Math.max(this.end, this.#coveredEnd);
    this.#coveredEnd = -1;
    const served = this.#riding;
    this.#riding = [];
    if (this.#waiting.length > 0) this.#begin();
    for (const then of served) then(LogStatus.ok);
  }
}
