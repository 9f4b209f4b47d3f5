// As `deep-stack.test.ts`, on stacks that the engine holds suspended: each of them is a stack of its own,
// with a limit of its own, and so is the one on which its frames go on.
import { describe, expect, it } from "vitest";
import { NoRoomError } from "../../src/process/wasm/index.ts";
import { type Frames, readState, writeState } from "../../src/process/wasm/resume/index.ts";
import {
  answer,
  type DeepInstance,
  DeepProgram,
  endless,
  expectedOf,
  type Place,
} from "./deep-program.ts";

/** Shares of the deepest stack at which stacks are taken out. */
const shares = [0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 1];

interface Suspension {
  readonly answer: (value: number) => void;
  readonly fail: (reason: unknown) => void;
}

/** What an entry comes to, or that it is suspended. */
type End = { readonly value: unknown } | { readonly thrown: unknown } | Suspension;

class Host {
  readonly #program: DeepProgram;
  readonly #place: Place;
  #tell: (suspension: Suspension) => void = () => undefined;
  /** How many checks more are passed until the one that suspends. */
  #checksLeft = 0;

  constructor(localCount: number, place: Place) {
    this.#program = new DeepProgram(localCount, place);
    this.#place = place;
  }

  instantiate(): DeepInstance {
    const suspend = (): Promise<unknown> => {
      return new Promise((resolve, reject) => this.#tell({ answer: resolve, fail: reject }));
    };
    const ask = (asked: number): unknown => (this.#place === "call" ? suspend() : asked);
    const check = (): unknown => {
      const isLast = this.#checksLeft-- === 0;
      instance.fuel = isLast ? endless : 0;
      return isLast ? suspend() : undefined;
    };
    const instance: DeepInstance = this.#program.instantiate(
      new WebAssembly.Suspending(ask),
      new WebAssembly.Suspending(check),
    );
    instance.fuel = this.#place === "check" ? 0 : endless;
    return instance;
  }

  /** Enters, and waits for the end or for the suspension, so many frames deep, whichever is first. */
  next(enter: () => Promise<unknown>, depth: number): { first: Promise<End>; last: Promise<End> } {
    this.#checksLeft = depth;
    const suspended = new Promise<Suspension>((resolve) => (this.#tell = resolve));
    const last = enter().then(
      (value) => ({ value }),
      (thrown: unknown) => ({ thrown }),
    );
    return { first: Promise.race([suspended, last]), last };
  }

  async runsThrough(depth: number): Promise<boolean> {
    const instance = this.instantiate();
    const { first, last } = this.next(() => instance.suspendingDown(depth), depth);
    const end = await first;
    if (!isSuspended(end)) return false;
    end.answer(answer);
    return "value" in (await last);
  }
}

function isSuspended(end: End): end is Suspension {
  return "fail" in end;
}

function isOverflow(end: End): boolean {
  return "thrown" in end && end.thrown instanceof RangeError && /stack/.test(end.thrown.message);
}

async function deepest(holds: (depth: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [1, 2 ** 17];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The frames of a stack suspended at this depth; undefined when it overflowed, there or on its way out. */
async function takeOut(host: Host, instance: DeepInstance, depth: number) {
  const { first, last } = host.next(() => instance.suspendingDown(depth), depth);
  const suspension = await first;
  if (!isSuspended(suspension)) {
    expect(isOverflow(suspension)).toBe(true);
    return undefined;
  }
  const take = instance.stack.expel(suspension.fail);
  const end = await last;
  if (isOverflow(end)) return undefined;
  expect("thrown" in end && instance.stack.isUnwinding(end.thrown)).toBe(true);
  return structuredClone(take());
}

/** What the frames come to elsewhere. */
async function goOn(host: Host, instance: DeepInstance, frames: Frames): Promise<End> {
  const { first, last } = host.next(instance.stack.resumeSuspending(frames), 0);
  const again = await first;
  if (!isSuspended(again)) return again;
  again.answer(answer);
  return last;
}

describe.each<{ localCount: number; place: Place }>([
  { localCount: 0, place: "call" },
  { localCount: 12, place: "call" },
  { localCount: 0, place: "check" },
  { localCount: 12, place: "check" },
])("a stack of frames with $localCount values, suspended at a $place", ({ localCount, place }) => {
  const host = new Host(localCount, place);

  it("near the deepest comes to the same or overflows, whole", async () => {
    const limit = await deepest((depth) => host.runsThrough(depth));
    for (const share of shares) {
      const depth = Math.floor(limit * share);
      const old = host.instantiate();
      const frames = await takeOut(host, old, depth);
      expect(old.caught).toBe(0);
      if (frames === undefined) {
        // Only right below the limit: saving takes a little stack.
        expect(share).toBeGreaterThan(0.9);
        continue;
      }
      expect(frames.frames).toHaveLength(depth + 1);
      const fresh = host.instantiate();
      writeState(fresh.stack.access, readState(old.stack.access));
      const end = await goOn(host, fresh, frames);
      expect(fresh.caught).toBe(0);
      if ("thrown" in end && end.thrown instanceof NoRoomError) {
        expect(end.thrown.frames).toBe(frames);
        expect(fresh.sum).toBe(0n);
      } else if (isOverflow(end)) expect(fresh.sum).toBe(0n);
      else expect(end).toEqual({ value: expectedOf(depth) });
    }
  });
});
