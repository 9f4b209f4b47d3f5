// A thread of the interrupt execution model by Binaryen's Asyncify, which saves frames in a memory that it
// adds to the program: the reference for our own capture (`unwound-stack.ts`).
import type { Core } from "../core.ts";
import { type Entry, stackOut, ThrowableStack } from "./runner.ts";

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

export class AsyncifiedStack extends ThrowableStack {
  readonly #asyncify: AsyncifyExports;
  #state: number = StackState.running;

  constructor(
    core: Core,
    entries: readonly Entry[],
    asyncify: AsyncifyExports,
    args: readonly number[] = [],
  ) {
    super(core, entries, args);
    this.#asyncify = asyncify;
  }

  isBack(): boolean {
    if (this.#state !== StackState.rewinding) return false;
    this.#asyncify.stopRewind();
    this.#state = StackState.running;
    return true;
  }

  /** The answer of the import is ignored, and the frames return one by one. */
  throwOut(): void {
    const words = new Int32Array(this.#asyncify.memory.buffer);
    words[dataAddress >> 2] = framesAddress;
    words[(dataAddress >> 2) + 1] = this.#asyncify.memory.buffer.byteLength;
    this.#state = StackState.unwinding;
    this.#asyncify.startUnwind(dataAddress);
  }

  protected call(entry: Entry): number | void | typeof stackOut {
    if (this.#state === StackState.out) {
      this.#state = StackState.rewinding;
      this.#asyncify.startRewind(dataAddress);
    }
    const answer = entry(...this.args);
    if (this.#state !== StackState.unwinding) return answer;
    this.#asyncify.stopUnwind();
    this.#state = StackState.out;
    return stackOut;
  }

  /** The instance may have portals, which are to run normally. */
  protected forget(): void {
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
