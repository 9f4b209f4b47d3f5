// Where a program that never has to wait can be stopped all the same: after a call that is over. Its answer
// is in the registers, its stack leaves, and the event loop has its turn, in which whoever wants to stop the
// thread does so. A run that can be captured passes this door with every call of its libraries.
import type { CoreLoop } from "../core.ts";

export class PauseDoor {
  readonly #core: CoreLoop;
  #left: number;
  readonly #onDue: () => void;

  /** After `calls` calls `onDue` is called, once. */
  constructor(core: CoreLoop, calls: number = Infinity, onDue: () => void = () => undefined) {
    this.#core = core;
    this.#left = calls;
    this.#onDue = onDue;
  }

  /** Enters the kernel as a core does. */
  enter(): number {
    const answer = this.#core.enter();
    if (--this.#left === 0) {
      this.#onDue();
      return answer === 0 ? this.#core.pause(true) : answer;
    }
    return answer === 0 ? this.#core.pause(false) : answer;
  }
}
