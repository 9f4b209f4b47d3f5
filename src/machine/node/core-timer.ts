// The one-shot timer of a core. Node's own timers tick in milliseconds and may fire a little early,
// so they only do the coarse part of the waiting: the rest is polled from the event loop, and nothing
// fires before the clock has been read and found past the deadline.

/** The longest that Node's timers can wait; longer deadlines are reached in several sleeps. */
const sleepMsMax = 2 ** 31 - 1;
const millisecondNs = 1_000_000;

export interface CoreTimerOptions {
  nowNs(): number;
  /** How long before a deadline polling takes over from sleeping. */
  readonly pollNs: number;
  fire(): void;
}

export class CoreTimer {
  readonly #options: CoreTimerOptions;
  #deadlineNs = Infinity;
  #sleep: NodeJS.Timeout | undefined;
  #sleepEndNs = Infinity;
  #poll: NodeJS.Immediate | undefined;

  constructor(options: CoreTimerOptions) {
    this.#options = options;
  }

  arm(deadlineNs: number): void {
    this.#deadlineNs = deadlineNs;
    if (deadlineNs === Infinity) this.#rest();
    else if (this.#poll === undefined) this.#wait(deadlineNs);
  }

  /** Disarms a timer that is due, and says whether it was. */
  takeDue(): boolean {
    if (this.#deadlineNs === Infinity || this.#options.nowNs() < this.#deadlineNs) return false;
    this.arm(Infinity);
    return true;
  }

  #wait(deadlineNs: number): void {
    const pollFromNs = deadlineNs - this.#options.pollNs;
    // A sleep that ends early enough is kept, since it looks at the deadline again when it ends.
    // Deadlines move back far more often than they pass, and this way that costs nothing.
    if (this.#sleep !== undefined && this.#sleepEndNs <= pollFromNs) return;
    this.#rest();
    const nowNs = this.#options.nowNs();
    const sleepMs = Math.min(Math.floor((pollFromNs - nowNs) / millisecondNs), sleepMsMax);
    if (sleepMs < 1) {
      this.#poll = setImmediate(this.#look);
    } else {
      this.#sleep = setTimeout(this.#look, sleepMs);
      this.#sleepEndNs = nowNs + sleepMs * millisecondNs;
    }
  }

  readonly #look = (): void => {
    this.#sleep = undefined;
    this.#poll = undefined;
    if (this.takeDue()) this.#options.fire();
    else this.arm(this.#deadlineNs);
  };

  #rest(): void {
    if (this.#sleep !== undefined) clearTimeout(this.#sleep);
    if (this.#poll !== undefined) clearImmediate(this.#poll);
    this.#sleep = undefined;
    this.#poll = undefined;
  }
}
