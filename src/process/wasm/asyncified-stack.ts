// A thread of the interrupt execution model by Binaryen's Asyncify, which saves frames in a memory that it
// adds to the program: the reference for our own capture (`unwound-stack.ts`).
import { StackState } from "../../abi/index.ts";
import type { Core } from "../core.ts";
import { ReservedExport } from "./prepare/index.ts";
import { CaptureError } from "./capture-error.ts";
import type { Entry, StackOptions, StackPosition } from "./thread-stack.ts";
import { stackOut, ThrowableStack } from "./throwable-stack.ts";

/** The exports that Asyncify adds to a module, and the memory that it saves frames in. */
export interface AsyncifyExports {
  startUnwind(data: number): void;
  stopUnwind(): void;
  startRewind(data: number): void;
  stopRewind(): void;
  readonly memory: WebAssembly.Memory;
}

const Phase = { running: 0, unwinding: 1, out: 2, rewinding: 3 } as const;

/** Where the frames stand in the capture memory: two words, start and end, then the frames. */
const dataAddress = 16;
const framesAddress = 32;

export class AsyncifiedStack extends ThrowableStack {
  readonly #asyncify: AsyncifyExports;
  #state: number = Phase.running;

  constructor(core: Core, asyncify: AsyncifyExports, options: StackOptions) {
    super(core, options);
    this.#asyncify = asyncify;
  }

  /** The frames are out, in a form that only Binaryen knows. */
  takeOut(told: (state: StackState) => void): void {
    told(StackState.held);
  }

  position(): StackPosition {
    throw new CaptureError(
      "A program prepared by Asyncify cannot be taken out as a whole. Prepare it by unwinding.",
    );
  }

  isBack(): boolean {
    if (this.#state !== Phase.rewinding) return false;
    this.#asyncify.stopRewind();
    this.#state = Phase.running;
    return true;
  }

  /** The answer of the import is ignored, and the frames return one by one. */
  throwOut(): void {
    const words = new Int32Array(this.#asyncify.memory.buffer);
    words[dataAddress >> 2] = framesAddress;
    words[(dataAddress >> 2) + 1] = this.#asyncify.memory.buffer.byteLength;
    this.#state = Phase.unwinding;
    this.#asyncify.startUnwind(dataAddress);
  }

  protected call(entry: Entry): number | void | typeof stackOut {
    if (this.#state === Phase.out) {
      this.#state = Phase.rewinding;
      this.#asyncify.startRewind(dataAddress);
    }
    const answer = entry(...this.args);
    if (this.#state !== Phase.unwinding) return answer;
    this.#asyncify.stopUnwind();
    this.#state = Phase.out;
    return stackOut;
  }

  /** The instance may have portals, which are to run normally. */
  protected forget(): void {
    const state = this.#state;
    this.#state = Phase.running;
    try {
      if (state === Phase.unwinding) this.#asyncify.stopUnwind();
      if (state === Phase.rewinding) this.#asyncify.stopRewind();
    } catch {
      // The frames did not fit, which is why it broke; the state was reset before that is checked.
    }
  }
}

/** What Asyncify added to the module of an instance. */
export function asyncifyOf(instance: WebAssembly.Instance): AsyncifyExports {
  const { exports } = instance;
  const memory = exports[ReservedExport.captureMemory];
  // Preparation added these exports with these types.
  const call = (name: string) =>
    exports[`${ReservedExport.asyncifyPrefix}${name}`] as (data?: number) => void;
  return {
    startUnwind: call("start_unwind"),
    stopUnwind: call("stop_unwind"),
    startRewind: call("start_rewind"),
    stopRewind: call("stop_rewind"),
    memory: memory as WebAssembly.Memory,
  };
}
