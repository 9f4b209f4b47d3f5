// The two execution models of a WebAssembly thread, behind one interface; all their difference is here
// and in how imports are linked (`link.ts`). In the process model a waiting thread keeps its stack: the
// engine suspends it (JSPI). In the interrupt model its stack is thrown out when it waits, and put back
// when it runs: by our own capture (`unwound-stack.ts`), or by Binaryen's Asyncify (`asyncified-stack.ts`),
// the reference that ours is tested and measured against.
import { FaultReason } from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import type { Core, Runner } from "../core.ts";
import { isFuelTrap } from "./fuel-trap.ts";

/** What a thread runs; answers its exit code or nothing. */
export type Entry = (...args: readonly number[]) => number | void;

/** The stack of a thread of a program, in either model. */
export interface ThreadStack extends Runner {
  /** Called when the thread is gone. */
  onGone: (() => void) | undefined;
}

/** What broke code that was no longer the running thread's. */
interface Loss {
  readonly error: unknown;
}

export class SuspendedStack implements ThreadStack {
  onGone: (() => void) | undefined;
  readonly #core: Core;
  readonly #entries: ((...args: readonly number[]) => Promise<unknown>)[];
  readonly #args: readonly number[];
  #thread = 0;
  #isStarted = false;
  #isGone = false;
  #resume: ((answer: number) => void) | undefined;
  #loss: Loss | undefined;

  /** The entries run one after the other: a start function that preparation set apart, then the main one. */
  constructor(core: Core, entries: readonly Entry[], args: readonly number[] = []) {
    this.#core = core;
    this.#args = args;
    this.#entries = entries.map((entry) => WebAssembly.promising(entry));
  }

  /** A closure made here would cost every resumption the context it closes over. */
  resume(): void {
    const resume = this.#resume;
    if (resume === undefined) {
      this.#begin();
      return;
    }
    this.#resume = undefined;
    resume(0);
  }

  /** The thread is not parked: it has lost its stack, or has none yet. */
  #begin(): void {
    const loss = this.#loss;
    if (loss !== undefined) {
      queueMicrotask(() => this.#ended(() => this.#fault(loss.error)));
      return;
    }
    assert(!this.#isStarted, "a thread resumed is parked");
    this.#isStarted = true;
    queueMicrotask(() => this.#start());
  }

  drop(): void {
    this.#isGone = true;
    this.#resume = undefined;
    this.onGone?.();
  }

  readonly #keep = (resolve: (answer: number) => void): void => {
    this.#resume = resolve;
  };

  /** Called from the suspending import: the stack waits for this promise, which answers 0. */
  park(): Promise<number> {
    return new Promise(this.#keep);
  }

  #start(): void {
    this.#thread = this.#core.current();
    this.#enterAll().then(
      (code) => this.#ended(() => this.#core.exited(typeof code === "number" ? code : 0)),
      (error: unknown) => this.#ended(() => this.#fault(error)),
    );
  }

  async #enterAll(): Promise<unknown> {
    let code: unknown;
    for (const enter of this.#entries) code = await enter(...this.#args);
    return code;
  }

  /**
   * Code that breaks between its call and its suspension, where its stack ended, is not the running
   * thread's any more: it has no code to go on with, and faults when it runs again.
   */
  #fault(error: unknown): void {
    if (this.#core.current() === this.#thread) {
      this.#core.faulted(reasonOf(error), error);
      return;
    }
    this.#resume = undefined;
    this.#loss = { error };
  }

  #ended(tell: () => void): void {
    if (this.#isGone) return;
    tell();
    this.#core.left();
  }
}

/** What `call` answers if the stack came out instead. */
export const stackOut = Symbol("the stack is out");

/** A stack that an import takes out when it must wait; after that the import is called again. */
export abstract class ThrowableStack implements ThreadStack {
  onGone: (() => void) | undefined;
  protected readonly args: readonly number[];
  readonly #core: Core;
  readonly #entries: readonly Entry[];
  #thread = 0;
  #at = 0;
  #isGone = false;
  #loss: Loss | undefined;

  constructor(core: Core, entries: readonly Entry[], args: readonly number[]) {
    this.#core = core;
    this.#entries = entries;
    this.args = args;
  }

  /** Whether the import now called is the one that the stack was taken out of. */
  abstract isBack(): boolean;
  /** The import now called must wait: takes the stack out, by throwing or once it has returned. */
  abstract throwOut(): void;
  /** Calls an entry, or goes on in it where its stack was taken out. */
  protected abstract call(entry: Entry): number | void | typeof stackOut;
  /** The code broke: nothing of it is on its way out or in any more. */
  protected abstract forget(): void;

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#isGone = true;
    this.onGone?.();
  }

  #run(): void {
    if (this.#isGone) return;
    this.#thread = this.#core.current();
    try {
      if (this.#loss !== undefined) throw this.#loss.error;
      this.#enter();
    } catch (error) {
      this.#fault(error);
    }
    this.#core.left();
  }

  #enter(): void {
    let code: number | void;
    for (; this.#at < this.#entries.length; this.#at++) {
      const answer = this.call(this.#entries[this.#at]!);
      if (answer === stackOut) return;
      code = answer;
    }
    this.#core.exited(typeof code! === "number" ? code : 0);
  }

  /**
   * Code that breaks while its frames are taken out is not the running thread's any more: it has no
   * code to go on with, and faults when it runs again.
   */
  #fault(error: unknown): void {
    this.forget();
    if (this.#core.current() === this.#thread) this.#core.faulted(reasonOf(error), error);
    else this.#loss = { error };
  }
}

/** Why user code ended, from what it threw. */
export function reasonOf(error: unknown): number {
  if (isFuelTrap(error)) return FaultReason.fuel;
  if (error instanceof RangeError && /call stack/.test(error.message))
    return FaultReason.stackOverflow;
  return error instanceof WebAssembly.RuntimeError ? FaultReason.trap : FaultReason.hostError;
}
