// Runs a random module undisturbed, and runs what the rewriter made of it with its stack taken out at
// chosen places and put back each time into a fresh instance, with nothing of the old one left.
import {
  type CapturableProgram,
  FrameStore,
  type Frames,
  HandleTable,
  type InstanceState,
  readState,
  UnwindingStack,
  writeState,
} from "../../src/process/wasm/resume/index.ts";
import { capturableProgram, rewriteForCapture } from "../../src/process/wasm/prepare/capture.ts";
import { ReservedExport } from "../../src/process/wasm/binary/index.ts";
import { describe, hostOf } from "./host.ts";
import { endOf, type Outcome, outcomeOf } from "./outcome.ts";

export type Level = "checkpoint" | "preempt";

/** Whether to take the stack out at this attempt of the place with this number. */
export type StopRule = (place: number, attempt: number) => boolean;

export interface StoppedRun {
  readonly outcome: Outcome;
  /** Calls of the host, and checks that found the fuel used up. */
  readonly places: number;
  readonly captures: number;
  readonly deepest: number;
}

/** What lies between taking out and putting back: the frames and the rest of the state, as data. */
export interface Parcel {
  readonly frames: Frames;
  readonly state: InstanceState;
}

const store = new FrameStore();

/** Loop turns and calls between two checks; few, so that there are many places. */
const slice = 3;

export function runUndisturbed(bytes: Uint8Array<ArrayBuffer>): Outcome {
  const calls: string[] = [];
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { host: hostOf({ calls }) });
  try {
    return outcomeOf(describe(mainOf(instance)()), calls, instance);
  } catch (thrown) {
    return outcomeOf(endOf(thrown), calls, instance);
  }
}

/** A rewritten module, to be run any number of times. */
export class StoppableModule {
  readonly #program: CapturableProgram;
  readonly #module: WebAssembly.Module;
  readonly #carry: (parcel: Parcel) => Parcel;

  /** `carry` is the way of a stack from one instance to the next. */
  constructor(bytes: Uint8Array, level: Level, carry: (parcel: Parcel) => Parcel = asData) {
    const fuel = level === "preempt";
    const rewritten = rewriteForCapture(bytes, fuel);
    this.#program = capturableProgram(bytes, rewritten, fuel);
    this.#module = new WebAssembly.Module(rewritten);
    this.#carry = carry;
  }

  run(stops: StopRule): StoppedRun {
    const run = new Run(this.#program, this.#module, stops, this.#carry);
    return run.toItsEnd();
  }
}

/** As through a wire. */
export function asData(parcel: Parcel): Parcel {
  return structuredClone(parcel);
}

class Run {
  readonly #program: CapturableProgram;
  readonly #module: WebAssembly.Module;
  readonly #stops: StopRule;
  readonly #carry: (parcel: Parcel) => Parcel;
  readonly #calls: string[] = [];
  /** The host's own values stay with the host, whichever instance holds their numbers. */
  readonly #handles = new HandleTable();
  #stack: UnwindingStack;
  #places = 0;
  #attempt = 0;
  #captures = 0;
  #deepest = 0;

  constructor(
    program: CapturableProgram,
    module: WebAssembly.Module,
    stops: StopRule,
    carry: (parcel: Parcel) => Parcel,
  ) {
    this.#program = program;
    this.#module = module;
    this.#stops = stops;
    this.#carry = carry;
    this.#stack = this.#fresh();
  }

  toItsEnd(): StoppedRun {
    refuel(this.#instance);
    let next: () => unknown = mainOf(this.#instance);
    for (;;) {
      try {
        return this.#finished(describe(next()));
      } catch (thrown) {
        if (!this.#stack.isUnwinding(thrown)) return this.#finished(endOf(thrown));
      }
      next = this.#move();
    }
  }

  get #instance(): WebAssembly.Instance {
    return this.#stack.access.instance;
  }

  #finished(end: string): StoppedRun {
    refuel(this.#instance);
    const outcome = outcomeOf(end, this.#calls, this.#instance);
    const { places, captures, deepest } = {
      places: this.#places,
      captures: this.#captures,
      deepest: this.#deepest,
    };
    return { outcome, places, captures, deepest };
  }

  /** Out of one instance and into another; answers how to go on there. */
  #move(): () => unknown {
    const frames = this.#stack.take();
    const parcel = this.#carry({ frames, state: readState(this.#stack.access) });
    this.#captures++;
    this.#deepest = Math.max(this.#deepest, frames.frames.length);
    this.#stack = this.#fresh();
    writeState(this.#stack.access, parcel.state);
    return this.#stack.resume(parcel.frames);
  }

  #fresh(): UnwindingStack {
    const host = Object.entries(hostOf({ calls: this.#calls })).map(([name, one]) => {
      return [name, this.#asPlace(one)] as const;
    });
    const preempt = this.#asPlace(() => refuel(this.#instance));
    const imports = { host: Object.fromEntries(host), shoal: { preempt } };
    const instance = new WebAssembly.Instance(this.#module, imports);
    return new UnwindingStack({ program: this.#program, instance, store, handles: this.#handles });
  }

  #asPlace(carryOut: (...args: never[]) => unknown): (...args: never[]) => unknown {
    return (...args) => {
      if (this.#stops(this.#places, this.#attempt++)) this.#stack.unwind();
      this.#attempt = 0;
      this.#places++;
      return carryOut(...args);
    };
  }
}

function refuel({ exports }: WebAssembly.Instance): void {
  const fuel = exports[ReservedExport.fuel];
  if (fuel instanceof WebAssembly.Global) fuel.value = slice;
}

function mainOf({ exports }: WebAssembly.Instance): () => unknown {
  return exports["main"] as () => unknown; // every random module exports it
}
