// The two execution models of a WebAssembly thread, behind one interface; all their difference is here
// and in how imports are linked (`link.ts`). In the process model a waiting thread keeps its stack: the
// engine suspends it (JSPI). In the interrupt model its stack is thrown out when it waits, and put back
// when it runs: here by Binaryen's Asyncify, the reference that our own (`unwound-stack.ts`) is tested
// and measured against.
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

/** The exports that Asyncify adds to a module, and the memory that it saves frames in. */
export interface AsyncifyExports {
  startUnwind(data: number): void;
  stopUnwind(): void;
  startRewind(data: number): void;
  stopRewind(): void;
  readonly memory: WebAssembly.Memory;
}

const StackState = { running: 0, unwinding: 1, out: 2, rewinding: 3 } as const;

/** Where the frames stand in the capture memory: two words, start and end, then the frames. */
const dataAddress = 16;
const framesAddress = 32;

/** A stack that an import takes out when it must wait; after that the import is called again. */
export abstract class ThrowableStack implements ThreadStack {
  onGone: (() => void) | undefined;
  abstract resume(): void;
  abstract drop(): void;
  /** Whether the import now called is the one that the stack was taken out of. */
  abstract isBack(): boolean;
  /** The import now called must wait: takes the stack out, by throwing or once it has returned. */
  abstract throwOut(): void;
}

export class ThrownStack extends ThrowableStack {
  readonly #core: Core;
  readonly #entries: readonly Entry[];
  readonly #args: readonly number[];
  readonly #asyncify: AsyncifyExports;
  #state: number = StackState.running;
  #thread = 0;
  #at = 0;
  #isGone = false;
  #loss: Loss | undefined;

  constructor(
    core: Core,
    entries: readonly Entry[],
    asyncify: AsyncifyExports,
    args: readonly number[] = [],
  ) {
    super();
    this.#core = core;
    this.#args = args;
    this.#entries = entries;
    this.#asyncify = asyncify;
  }

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#isGone = true;
    this.onGone?.();
  }

  /** Whether the import now called is the one that the stack was thrown out of. */
  isBack(): boolean {
    if (this.#state !== StackState.rewinding) return false;
    this.#asyncify.stopRewind();
    this.#state = StackState.running;
    return true;
  }

  /** The import now called must wait: its answer is ignored, and the frames return one by one. */
  throwOut(): void {
    const words = new Int32Array(this.#asyncify.memory.buffer);
    words[dataAddress >> 2] = framesAddress;
    words[(dataAddress >> 2) + 1] = this.#asyncify.memory.buffer.byteLength;
    this.#state = StackState.unwinding;
    this.#asyncify.startUnwind(dataAddress);
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
    if (this.#state === StackState.out) {
      this.#state = StackState.rewinding;
      this.#asyncify.startRewind(dataAddress);
    }
    let code: number | void;
    for (; this.#at < this.#entries.length; this.#at++) {
      code = this.#entries[this.#at]!(...this.#args);
      if (this.#state !== StackState.unwinding) continue;
      this.#asyncify.stopUnwind();
      this.#state = StackState.out;
      return;
    }
    this.#core.exited(typeof code! === "number" ? code : 0);
  }

  /**
   * Code that breaks while its frames are taken out is not the running thread's any more: it has no
   * code to go on with, and faults when it runs again.
   */
  #fault(error: unknown): void {
    this.#forgetFrames();
    if (this.#core.current() === this.#thread) this.#core.faulted(reasonOf(error), error);
    else this.#loss = { error };
  }

  /** The instance may have portals, which are to run normally. */
  #forgetFrames(): void {
    const state = this.#state;
    this.#state = StackState.running;
    try {
      if (state === StackState.unwinding) this.#asyncify.stopUnwind();
      if (state === StackState.rewinding) this.#asyncify.stopRewind();
    } catch {
      // The frames did not fit, which is why it broke; the state was reset before that is checked.
    }
  }
}

/** Why user code ended, from what it threw. */
export function reasonOf(error: unknown): number {
  if (isFuelTrap(error)) return FaultReason.fuel;
  if (error instanceof RangeError && /call stack/.test(error.message))
    return FaultReason.stackOverflow;
  return error instanceof WebAssembly.RuntimeError ? FaultReason.trap : FaultReason.hostError;
}
