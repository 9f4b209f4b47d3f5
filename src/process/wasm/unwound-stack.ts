// A thread of the interrupt execution model: its stack is taken out whenever it waits, and put back when
// it runs again. Our own capture does both; while the thread waits, it is its frames, as plain data.
import { StackState } from "../../abi/index.ts";
import type { Core } from "../core.ts";
import { CaptureError, NoRoomError } from "./capture-error.ts";
import type { Frames, UnwindingStack } from "./resume/index.ts";
import type { Entry, StackOptions, StackPosition } from "./thread-stack.ts";
import { stackOut, ThrowableStack } from "./throwable-stack.ts";

export class UnwoundStack extends ThrowableStack {
  readonly #stack: UnwindingStack;
  #frames: Frames | undefined;
  #isBack = false;

  constructor(core: Core, stack: UnwindingStack, options: StackOptions) {
    super(core, options);
    this.#stack = stack;
    this.#frames = options.position?.frames ?? undefined;
  }

  takeOut(told: (state: StackState) => void): void {
    told(this.loss === undefined ? StackState.out : StackState.lost);
  }

  position(): StackPosition {
    if (this.loss !== undefined) {
      const { error: cause } = this.loss;
      throw new CaptureError("The stack of a thread was lost when it was taken out.", { cause });
    }
    return { returned: this.returned, frames: this.#frames ?? null };
  }

  override drop(): void {
    this.#frames = undefined;
    super.drop();
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

  protected call(entry: Entry): number | void | typeof stackOut {
    try {
      return this.#continued(entry)(...this.args);
    } catch (thrown) {
      if (thrown instanceof NoRoomError) this.#frames = thrown.frames;
      if (!this.#stack.isUnwinding(thrown)) throw thrown;
      this.forget();
      this.#frames = this.#stack.take();
      return stackOut;
    }
  }

  protected forget(): void {
    this.#isBack = false;
  }

  #continued(entry: Entry): Entry {
    const frames = this.#frames;
    if (frames === undefined) return entry;
    this.#frames = undefined;
    this.#isBack = true;
    // What the outermost frame answers is what its entry would have.
    return this.#stack.resume(frames) as Entry;
  }
}
