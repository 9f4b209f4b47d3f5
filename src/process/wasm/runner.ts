// The two execution models of a WebAssembly thread, behind one interface; all their difference is here
// and in how imports are linked (`link.ts`). In the process model a waiting thread keeps its stack: the
// engine suspends it (JSPI). In the interrupt model its stack is thrown out when it waits, and put back
// when it runs; Binaryen's Asyncify does that, as a first implementation.
import { FaultReason } from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import type { Core, Runner } from "../core.ts";

/** What a thread runs; answers its exit code or nothing. */
export type Entry = () => number | void;

export class SuspendedStack implements Runner {
  readonly #core: Core;
  readonly #entries: (() => Promise<unknown>)[];
  #isStarted = false;
  #isGone = false;
  #resume: (() => void) | undefined;

  /** The entries run one after the other: a start function that preparation set apart, then the main one. */
  constructor(core: Core, entries: readonly Entry[]) {
    this.#core = core;
    this.#entries = entries.map((entry) => WebAssembly.promising(entry));
  }

  resume(): void {
    if (this.#isStarted) {
      const resume = this.#resume;
      this.#resume = undefined;
      assert(resume !== undefined, "a thread resumed is parked");
      resume();
      return;
    }
    this.#isStarted = true;
    queueMicrotask(() => this.#start());
  }

  drop(): void {
    this.#isGone = true;
    this.#resume = undefined;
  }

  /** Called from the suspending import: the stack waits for this promise. */
  park(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  #start(): void {
    this.#enterAll().then(
      (code) => this.#ended(() => this.#core.exited(typeof code === "number" ? code : 0)),
      (error: unknown) => this.#ended(() => this.#core.faulted(reasonOf(error), error)),
    );
  }

  async #enterAll(): Promise<unknown> {
    let code: unknown;
    for (const enter of this.#entries) code = await enter();
    return code;
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

export class ThrownStack implements Runner {
  readonly #core: Core;
  readonly #entries: readonly Entry[];
  readonly #asyncify: AsyncifyExports;
  #state: number = StackState.running;
  #at = 0;
  #isGone = false;

  constructor(core: Core, entries: readonly Entry[], asyncify: AsyncifyExports) {
    this.#core = core;
    this.#entries = entries;
    this.#asyncify = asyncify;
  }

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#isGone = true;
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
    try {
      this.#enter();
    } catch (error) {
      this.#core.faulted(reasonOf(error), error);
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
      code = this.#entries[this.#at]!();
      if (this.#state !== StackState.unwinding) continue;
      this.#asyncify.stopUnwind();
      this.#state = StackState.out;
      return;
    }
    this.#core.exited(typeof code! === "number" ? code : 0);
  }
}

/** Why user code ended, from what it threw. */
export function reasonOf(error: unknown): number {
  if (error instanceof FuelExhausted) return FaultReason.fuel;
  if (error instanceof RangeError && /call stack/.test(error.message))
    return FaultReason.stackOverflow;
  return error instanceof WebAssembly.RuntimeError ? FaultReason.trap : FaultReason.hostError;
}

/** Thrown into a portal that has used more fuel than it may. */
export class FuelExhausted extends Error {
  override readonly name = "FuelExhausted";
}
