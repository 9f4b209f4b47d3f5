// Timers: on time, again and again, and carried over by their state.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, stateWords, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { verify } from "../verify.ts";

let bench: KernelBench;
let space: number;
let a: number;

beforeEach(() => {
  bench = new KernelBench();
  space = bench.space();
  a = bench.thread(space);
});

describe("a timer", () => {
  let timer: number;
  let notification: number;

  beforeEach(() => {
    timer = bench.own(Kind.timer, space).slot;
    notification = bench.own(Kind.notification, space).slot;
  });

  function set(delayUs: number, periodUs = 0, bits = 2): number {
    const args = { a0: timer, a1: notification, a2: bits, words: [delayUs, periodUs] };
    return bench.status(a, "timerSet", args);
  }

  function bits(): number {
    bench.make(a, "notificationPoll", { a0: notification });
    return bench.answer(a).words[0]!;
  }

  it("fires once, on time and not before", () => {
    set(1000);
    bench.pass(999);
    expect(bits()).toBe(0);
    bench.pass(1);
    expect(bits()).toBe(2);
    bench.pass(5000);
    expect(bits()).toBe(0);
  });

  it("fires again after each period, and once for periods that were missed", () => {
    set(1000, 300);
    bench.pass(1000);
    expect(bits()).toBe(2);
    bench.pass(299);
    expect(bits()).toBe(0);
    bench.pass(1);
    expect(bits()).toBe(2);
    bench.pass(1000);
    expect(bits()).toBe(2);
    bench.pass(199);
    expect(bits()).toBe(0);
    bench.pass(1);
    expect(bits()).toBe(2);
  });

  it("that is cancelled does not fire, and says whether it would have", () => {
    set(1000);
    const cancelled = [0, 0].map(() => {
      bench.make(a, "timerCancel", { a0: timer });
      return bench.answer(a).words[0];
    });
    expect(cancelled).toEqual([1, 0]);
    bench.pass(5000);
    expect(bits()).toBe(0);
  });

  it("refuses negative times and no bits", () => {
    expect(set(-1)).toBe(Status.badArgument);
    expect(set(1, -1)).toBe(Status.badArgument);
    expect(set(1, 0, 0)).toBe(Status.badArgument);
  });

  it("whose notification is gone fires into nothing", () => {
    set(1000, 1000);
    bench.make(a, "objectDestroy", { a0: notification });
    bench.pass(1000);
    verify(bench.look());
  });

  it("is carried over by its state, with what is left of its time", () => {
    set(1000, 0, 16);
    bench.pass(400);
    const words = stateWords("timer");
    bench.make(a, "objectGetState", { a0: timer, a1: 0, a2: words, a3: 200 });
    bench.make(a, "objectDestroy", { a0: timer });
    bench.make(a, "objectCreate", { a0: 210, a1: Kind.timer });
    expect(bench.status(a, "objectSetState", { a0: 210, a1: 0, a2: words })).toBe(Status.ok);
    bench.pass(599);
    expect(bits()).toBe(0);
    bench.pass(1);
    expect(bits()).toBe(16);
  });
});
