// A thread of the process execution model: a waiting thread keeps its stack, which the engine suspends
// (JSPI). When the thread is stopped, its suspension is rejected with the exception that every frame of
// a capturable program saves itself for; from then on the stack is data, and goes on by continuations
// when the thread runs again.
//
//   parked ── resume ──► on the engine's stack ── park ──► parked
//      │                        ▲
//   takeOut ──► leaving ──► out ┘ resume: continuations
import { Register, StackState } from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import type { Core } from "../core.ts";
import { CaptureError, NoRoomError } from "./capture-error.ts";
import type { Frames, UnwindingStack } from "./resume/index.ts";
import {
  firstPosition,
  type Loss,
  reasonOf,
  type StackOptions,
  type StackPosition,
  type ProgramStack,
} from "./thread-stack.ts";

// A copy of an imported constant, which the engine folds only when it is a module's own.
const statusRegister = Register.status;

type PromisingEntry = (...args: readonly number[]) => Promise<unknown>;

/** On its way out. */
interface Leaving {
  /** Answers the frames once the entry was left. */
  take?: () => Frames;
  readonly told: ((state: StackState) => void)[];
  /** The thread is to go on as soon as the frames are out. */
  isResumed: boolean;
}

export interface SuspendedStackOptions extends StackOptions {
  /** What takes out the stacks of the instance; absent if the program is not prepared for it. */
  readonly capture?: (() => UnwindingStack) | undefined;
}

export class SuspendedStack implements ProgramStack {
  onGone: (() => void) | undefined;
  readonly #core: Core;
  readonly #entries: readonly PromisingEntry[];
  readonly #args: readonly number[];
  readonly #capture: (() => UnwindingStack) | undefined;
  readonly #ends: (code: number) => void;
  readonly #noteBroken: ((error: unknown) => void) | undefined;
  #thread = 0;
  /** Entries that have returned. */
  #returned: number;
  #frames: Frames | null;
  #isOnStack = false;
  #isGone = false;
  #resume: ((answer: number | PromiseLike<number>) => void) | undefined;
  #leaving: Leaving | undefined;
  #loss: Loss | undefined;

  constructor(core: Core, options: SuspendedStackOptions) {
    const { entries, args, position = firstPosition, capture, ends, broke } = options;
    this.#core = core;
    this.#args = args;
    this.#entries = entries.map((entry) => WebAssembly.promising(entry));
    this.#returned = position.returned;
    this.#frames = position.frames;
    this.#capture = capture;
    this.#ends = ends ?? ((code) => core.exited(code));
    this.#noteBroken = broke;
  }

  /** A closure made here would cost every resumption the context it closes over. */
  resume(): void {
    const resume = this.#resume;
    if (resume === undefined) {
      this.#begin();
      return;
    }
    this.#resume = undefined;
    resume(this.#core.registers[statusRegister]!);
  }

  /** The thread is not parked: its stack is out, or leaving, or lost. */
  #begin(): void {
    const loss = this.#loss;
    if (loss !== undefined) {
      queueMicrotask(() => this.#ended(() => this.#fault(loss.error)));
    } else if (this.#leaving !== undefined) this.#leaving.isResumed = true;
    else queueMicrotask(() => this.#enter());
  }

  drop(): void {
    this.#isGone = true;
    this.#resume = undefined;
    this.#frames = null;
    this.onGone?.();
  }

  readonly #keep = (resolve: (answer: number | PromiseLike<number>) => void): void => {
    this.#resume = resolve;
  };

  /**
   * Called from the suspending import: the stack waits for this promise, which answers what the call
   * did, as the registers have it when the thread runs again.
   */
  park(): Promise<number> {
    return new Promise(this.#keep);
  }

  takeOut(told: (state: StackState) => void): void {
    if (this.#leaving !== undefined) this.#leaving.told.push(told);
    else if (this.#loss !== undefined) told(StackState.lost);
    else if (!this.#isOnStack) told(StackState.out);
    else if (this.#capture === undefined) told(StackState.held);
    else this.#expel(this.#capture(), told);
  }

  /**
   * The promise that the stack waits for is given something to wait for itself, which is asked in a
   * microtask: by then the engine has suspended a thread that stopped itself, too.
   */
  #expel(capture: UnwindingStack, told: (state: StackState) => void): void {
    const resume = this.#resume;
    assert(resume !== undefined, "a thread that was stopped is parked");
    this.#resume = undefined;
    const leaving: Leaving = { told: [told], isResumed: false };
    this.#leaving = leaving;
    const exit = {
      // oxlint-disable-next-line unicorn/no-thenable -- what is asked here has to reject in the same step
      then(_: unknown, reject: (reason: unknown) => void): void {
        leaving.take = capture.expel(reject);
      },
    };
    // Resolving a promise needs no more of a promise than this.
    resume(exit as unknown as PromiseLike<number>);
  }

  position(): StackPosition {
    if (this.#loss !== undefined) {
      throw new CaptureError("The stack of a thread was lost when it was taken out.", {
        cause: this.#loss.error,
      });
    }
    if (this.#isOnStack) throw new CaptureError(notOut(this.#capture !== undefined));
    return { returned: this.#returned, frames: this.#frames };
  }

  #enter(): void {
    if (this.#isGone) return;
    assert(!this.#isOnStack, "a thread resumed is parked or out");
    this.#thread = this.#core.current();
    this.#isOnStack = true;
    this.#enterAll().then(
      (code) => this.#ended(() => this.#ends(typeof code === "number" ? code : 0)),
      (error: unknown) => this.#broke(error),
    );
  }

  async #enterAll(): Promise<unknown> {
    let code: unknown;
    while (this.#returned < this.#entries.length) {
      code = await this.#enterNext(this.#entries[this.#returned]!);
      this.#returned++;
    }
    return code;
  }

  #enterNext(entry: PromisingEntry): Promise<unknown> {
    const frames = this.#frames;
    if (frames === null) return entry(...this.#args);
    const capture = this.#capture?.();
    assert(capture !== undefined, "frames are put back into a program prepared for it");
    // What the outermost frame answers is what its entry would have.
    const goOn = capture.resumeSuspending(frames);
    this.#frames = null;
    return goOn();
  }

  /** The code was left by an exception: its frames are out, or it ended. */
  #broke(error: unknown): void {
    const leaving = this.#leaving;
    if (error instanceof NoRoomError) this.#frames = error.frames;
    if (leaving === undefined) this.#ended(() => this.#fault(error));
    else this.#hasLeft(leaving, error);
  }

  #hasLeft({ take, told, isResumed }: Leaving, thrown: unknown): void {
    this.#leaving = undefined;
    if (this.#isGone) return;
    this.#isOnStack = false;
    try {
      if (take === undefined || this.#capture?.().isUnwinding(thrown) !== true) throw thrown;
      this.#frames = take();
    } catch (error) {
      this.#loss = { error };
    }
    const state = this.#loss === undefined ? StackState.out : StackState.lost;
    for (const tell of told) tell(state);
    if (isResumed) this.#begin();
  }

  /**
   * Code that breaks between its call and its suspension, where its stack ended, is not the running
   * thread's any more: it has no code to go on with, and faults when it runs again.
   */
  #fault(error: unknown): void {
    this.#noteBroken?.(error);
    if (this.#core.current() === this.#thread) {
      this.#core.faulted(reasonOf(error), error);
      return;
    }
    this.#resume = undefined;
    this.#loss = { error };
  }

  #ended(tell: () => void): void {
    if (this.#isGone) return;
    this.#isOnStack = false;
    tell();
    this.#core.left();
  }
}

function notOut(isCapturable: boolean): string {
  return isCapturable
    ? "The stack of a thread is not out: stop the thread, and wait until it has left."
    : "The program is not prepared for its stack to be taken out. Run it at level checkpoint or preempt.";
}
