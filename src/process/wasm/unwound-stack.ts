// A thread of the interrupt execution model: its stack is taken out whenever it waits, and put back when
// it runs again. Our own capture does both; while the thread waits, it is its frames, as plain data.
import type { Core } from "../core.ts";
import type { Frames, UnwindingStack } from "./resume/index.ts";
import { type Entry, reasonOf, ThrowableStack } from "./runner.ts";

export class UnwoundStack extends ThrowableStack {
  readonly #core: Core;
  readonly #entries: readonly Entry[];
  readonly #args: readonly number[];
  readonly #stack: UnwindingStack;
  #thread = 0;
  #at = 0;
  #frames: Frames | undefined;
  #isBack = false;
  #isGone = false;
  #lost: { readonly error: unknown } | undefined;

  constructor(
    core: Core,
    entries: readonly Entry[],
    stack: UnwindingStack,
    args: readonly number[] = [],
  ) {
    super();
    this.#args = args;
    this.#core = core;
    this.#entries = entries;
    this.#stack = stack;
  }

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#isGone = true;
    this.#frames = undefined;
    this.onGone?.();
  }

  /** The first call that a stack makes when it is back is the one that it was taken out of. */
  isBack(): boolean {
    const isBack = this.#isBack;
    this.#isBack = false;
    return isBack;
  }

  throwOut(): never {
    return this.#stack.unwind();
  }

  #run(): void {
    if (this.#isGone) return;
    this.#thread = this.#core.current();
    try {
      if (this.#lost !== undefined) throw this.#lost.error;
      this.#enter();
    } catch (error) {
      this.#leave(error);
    }
    this.#core.left();
  }

  #enter(): void {
    let code: number | void;
    while (this.#at < this.#entries.length) {
      code = this.#next()(...this.#args);
      this.#at++;
    }
    this.#core.exited(typeof code! === "number" ? code : 0);
  }

  #next(): Entry {
    const frames = this.#frames;
    if (frames === undefined) return this.#entries[this.#at];
    this.#frames = undefined;
    this.#isBack = true;
    // What the outermost frame answers is what its entry would have.
    return this.#stack.resume(frames) as Entry;
  }

  /** The stack came out; or the code broke, and if that was on its way out, when it runs again. */
  #leave(thrown: unknown): void {
    this.#isBack = false;
    let error = thrown;
    if (this.#stack.isUnwinding(thrown)) {
      try {
        this.#frames = this.#stack.take();
        return;
      } catch (failed) {
        error = failed;
      }
    }
    if (this.#core.current() === this.#thread) this.#core.faulted(reasonOf(error), error);
    else this.#lost = { error };
  }
}
