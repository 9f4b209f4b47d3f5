// Stacks near the engine's limit. A frame that was put back may be larger than it was: the engine compiles
// its continuation anew, with the compiler that it begins with. So a stack may not fit any more. Then whoever
// puts it back gets an error with the frames: no handler of the program sees it, none of them is lost, and
// nothing was done, so that the same frames go on where there is more room.
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { NoRoomError } from "../../src/process/wasm/index.ts";
import { type Frames, readState, writeState } from "../../src/process/wasm/resume/index.ts";
import { type DeepInstance, DeepProgram, endless, expectedOf, type Place } from "./deep-program.ts";
import type { RoomyAnswer, RoomyOrder } from "./roomy-thread.ts";

/** Shares of the deepest stack at which stacks are taken out. */
const shares = [0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 1];

type End = { readonly value: number } | "overflow" | "unwound" | NoRoomError;

class Stopper {
  readonly #program: DeepProgram;
  readonly #place: Place;
  /** Depth at which to take the stack out. */
  #stopAt = -1;
  #depth = 0;

  constructor(localCount: number, place: Place) {
    this.#program = new DeepProgram(localCount, place);
    this.#place = place;
  }

  instantiate(): DeepInstance {
    const instance: DeepInstance = this.#program.instantiate(
      (asked: number) => {
        if (this.#place === "call") this.#stop(instance, this.#stopAt >= 0);
        return asked;
      },
      () => {
        instance.fuel = this.#stopAt >= 0 ? 0 : endless;
        this.#stop(instance, this.#depth++ === this.#stopAt);
      },
    );
    instance.fuel = endless;
    return instance;
  }

  #stop({ stack }: DeepInstance, isHere: boolean): void {
    if (!isHere) return;
    this.#stopAt = -1;
    stack.unwind();
  }

  run(instance: DeepInstance, depth: number): End {
    return endOf(instance, () => instance.down(depth));
  }

  runToStop(instance: DeepInstance, depth: number): End {
    this.#stopAt = depth;
    this.#depth = 0;
    instance.fuel = 0;
    try {
      return this.run(instance, depth);
    } finally {
      this.#stopAt = -1;
      instance.fuel = endless;
    }
  }
}

function endOf({ stack }: DeepInstance, enter: () => unknown): End {
  try {
    return { value: enter() as number };
  } catch (thrown) {
    if (stack.isUnwinding(thrown)) return "unwound";
    if (thrown instanceof NoRoomError) return thrown;
    if (thrown instanceof RangeError && /call stack/.test(thrown.message)) return "overflow";
    throw thrown;
  }
}

/** Its frames did not fit, and are there still; or the call did not that the innermost of them makes again. */
function isTooDeep(end: End, frames: Frames): boolean {
  if (end instanceof NoRoomError) expect(end.frames).toBe(frames);
  return end === "overflow" || end instanceof NoRoomError;
}

function goOnWithRoom(order: RoomyOrder): Promise<RoomyAnswer> {
  const entry = new URL("roomy-thread.ts", import.meta.url);
  const resourceLimits = { stackSizeMb: 64 };
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry, { workerData: order, resourceLimits });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/** The deepest that a function of the depth holds for. */
function deepest(holds: (depth: number) => boolean): number {
  let [low, high] = [1, 2 ** 20];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

describe.each<{ localCount: number; place: Place }>([
  { localCount: 0, place: "call" },
  { localCount: 12, place: "call" },
  { localCount: 0, place: "check" },
  { localCount: 12, place: "check" },
])("a stack of frames with $localCount values, taken out at a $place", ({ localCount, place }) => {
  const stopper = new Stopper(localCount, place);
  const limit = deepest((depth) => typeof stopper.run(stopper.instantiate(), depth) === "object");

  it.each(shares)("at %f of the deepest comes to the same or overflows, whole", (share) => {
    const depth = Math.floor(limit * share);
    const old = stopper.instantiate();
    const out = stopper.runToStop(old, depth);
    expect(old.caught).toBe(0);
    if (out === "overflow") {
      // Only right below the limit: the host needs some stack too.
      expect(share).toBeGreaterThan(0.9);
      return;
    }
    expect(out).toBe("unwound");
    const frames = structuredClone(old.stack.take());
    expect(frames.frames).toHaveLength(depth + 1);
    const fresh = stopper.instantiate();
    writeState(fresh.stack.access, readState(old.stack.access));
    const end = endOf(fresh, fresh.stack.resume(frames));
    expect(fresh.caught).toBe(0);
    if (isTooDeep(end, frames)) expect(fresh.sum).toBe(0n);
    else expect(end).toEqual({ value: expectedOf(depth) });
  });

  it("goes on, where it did not fit, on a stack with more room", async () => {
    const instance = stopper.instantiate();
    // The engine's other compiler makes the frames small, so that many fit.
    for (let times = 0; times < 3000; times++) instance.down(40);
    const depth = deepest((tried) => stopper.runToStop(instance, tried) === "unwound");
    expect(stopper.runToStop(instance, depth)).toBe("unwound");
    const frames = structuredClone(instance.stack.take());
    expect(frames.frames).toHaveLength(depth + 1);
    const fresh = stopper.instantiate();
    const here = endOf(fresh, fresh.stack.resume(frames));
    if (!isTooDeep(here, frames)) expect(here).toEqual({ value: expectedOf(depth) });
    else expect(here).toBeInstanceOf(NoRoomError);
    expect(fresh.caught).toBe(0);
    const { value, caught } = await goOnWithRoom({ localCount, place, frames });
    expect(value).toBe(expectedOf(depth));
    expect(caught).toBe(0);
  });
});
