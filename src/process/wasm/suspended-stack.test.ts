// Suspended stacks without a kernel: what they tell of their way out, and what becomes of one whose frames
// could not be saved.
import { beforeEach, describe, expect, it } from "vitest";
import { FaultReason, StackState } from "../../abi/index.ts";
import type { Core } from "../core.ts";
import { assemble } from "./prepare/wat-fixture.ts";
import { CaptureError } from "./capture-error.ts";
import type { Frames, UnwindingStack } from "./resume/index.ts";
import { SuspendedStack } from "./suspended-stack.ts";

const module = new WebAssembly.Module(
  assemble(`(module
    (import "host" "wait" (func $wait))
    (func (export "main") (result i32) (call $wait) (i32.const 7)))`),
);

interface Seen {
  current: number;
  readonly ends: unknown[];
  readonly told: number[];
}

let seen: Seen;
let stack: SuspendedStack;
let parked: PromiseWithResolvers<void>;

/** A capture whose stacks come out, or break on their way. */
function captureThat(breaks: boolean): UnwindingStack {
  const out = new Error("out");
  const capture = {
    expel(reject: (reason: unknown) => void): () => Frames {
      reject(breaks ? new CaptureError("a frame holds what cannot be saved") : out);
      return () => ({ version: 1, frames: [] });
    },
    isUnwinding: (thrown: unknown) => thrown === out,
    resumeSuspending: () => () => Promise.resolve(70),
  };
  return capture as unknown as UnwindingStack; // what a suspended stack uses of it
}

function makeStack(capture?: UnwindingStack): void {
  const wait = new WebAssembly.Suspending(() => {
    const promise = stack.park();
    parked.resolve();
    return promise;
  });
  const { exports } = new WebAssembly.Instance(module, { host: { wait } });
  const core = {
    registers: new Int32Array(16),
    current: () => seen.current,
    exited: (code: number) => seen.ends.push(code),
    faulted: (reason: number, error: unknown) => seen.ends.push([reason, error]),
    left: () => undefined,
  };
  const entries = [exports["main"] as () => number];
  // A stack asks no more of its core than this.
  stack = new SuspendedStack(core as unknown as Core, {
    entries,
    args: [],
    capture: capture && (() => capture),
  });
}

const tell = (state: number): void => void seen.told.push(state);

/** Everything that is under way has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function startAndPark(): Promise<void> {
  stack.resume();
  await parked.promise;
  seen.current = 2;
  await settled();
}

async function goOn(): Promise<void> {
  seen.current = 1;
  stack.resume();
  await settled();
}

beforeEach(() => {
  seen = { current: 1, ends: [], told: [] };
  parked = Promise.withResolvers();
});

describe("a suspended stack", () => {
  it("is out before it has begun", () => {
    makeStack(captureThat(false));
    stack.takeOut(tell);
    expect(seen.told).toEqual([StackState.out]);
    expect(stack.position()).toEqual({ returned: 0, frames: null });
  });

  it("is held without what would take it out, and goes on", async () => {
    makeStack();
    await startAndPark();
    stack.takeOut(tell);
    expect(seen.told).toEqual([StackState.held]);
    expect(() => stack.position()).toThrow(/not prepared/);
    await goOn();
    expect(seen.ends).toEqual([7]);
  });

  it("tells everybody who asked when it is out, and later ones at once", async () => {
    makeStack(captureThat(false));
    await startAndPark();
    stack.takeOut(tell);
    stack.takeOut(tell);
    expect(seen.told).toEqual([]);
    expect(() => stack.position()).toThrow(/wait until it has left/);
    await settled();
    stack.takeOut(tell);
    const { out } = StackState;
    expect(seen.told).toEqual([out, out, out]);
    expect(stack.position()).toEqual({ returned: 0, frames: { version: 1, frames: [] } });
    await goOn();
    expect(seen.ends).toEqual([70]);
  });

  it("that could not be saved is lost, and its thread faults when it runs, not before", async () => {
    makeStack(captureThat(true));
    await startAndPark();
    stack.takeOut(tell);
    await settled();
    expect(seen.told).toEqual([StackState.lost]);
    expect(() => stack.position()).toThrow(CaptureError);
    expect(seen.ends).toEqual([]);
    await goOn();
    expect(seen.ends).toEqual([[FaultReason.hostError, expect.any(CaptureError)]]);
  });

  it("tells nobody when its thread has gone, and says nothing of its end", async () => {
    makeStack(captureThat(false));
    await startAndPark();
    stack.takeOut(tell);
    stack.drop();
    await settled();
    expect(seen.told).toEqual([]);
    expect(seen.ends).toEqual([]);
  });
});
