// Who runs: priorities, turns, and what lazy queues may leave behind.
import { beforeEach, describe, expect, it } from "vitest";
import { defaultSliceUs, Kind, sliceUsMax, staleRowsMax, Status } from "../abi/index.ts";
import { KernelBench } from "../../test/support/kernel-bench.ts";
import { schedule } from "./event.ts";
import { verify } from "./verify.ts";

let bench: KernelBench;
let space: number;

beforeEach(() => {
  bench = new KernelBench({ limits: { threads: 200 } });
  space = bench.space();
});

describe("the scheduler", () => {
  it("picks the highest priority, and within one the order of arrival", () => {
    const threads = [5, 9, 9, 1].map((priority) => bench.thread(space, priority));
    const picked: number[] = [];
    for (let i = 0; i < 4; i++) {
      schedule(bench.k);
      picked.push(bench.k.current);
      bench.makeCurrent("threadSleep");
    }
    expect(picked).toEqual([threads[1], threads[2], threads[0], threads[3]]);
  });

  it("lets a thread that yields run again after the others of its priority", () => {
    const [a, b, c] = [bench.thread(space), bench.thread(space), bench.thread(space)];
    schedule(bench.k);
    const order = [a, b, c, a].map(() => {
      const { current } = bench.k;
      bench.makeCurrent("threadYield");
      return current;
    });
    expect(order).toEqual([a, b, c, a]);
  });

  it("never runs a lower priority while a higher one is ready, though it yields", () => {
    const high = bench.thread(space, 20);
    bench.thread(space, 10);
    schedule(bench.k);
    bench.makeCurrent("threadYield");
    expect(bench.k.current).toBe(high);
  });

  it("gives way at once to a thread that is raised above the running one", () => {
    const [a, b] = [bench.thread(space), bench.thread(space)];
    const slot = bench.grant(space, Kind.thread, b);
    bench.make(a, "threadSchedule", { a0: slot, a1: 17 });
    expect(bench.k.current).toBe(b);
  });

  it("gives way when the running thread lowers itself", () => {
    const [a, b] = [bench.thread(space), bench.thread(space)];
    const slot = bench.grant(space, Kind.thread, a);
    bench.make(a, "threadSchedule", { a0: slot, a1: 3 });
    expect(bench.k.current).toBe(b);
    verify(bench.look());
  });

  it("gives way when a call that is made again wakes a thread of higher priority", () => {
    const low = bench.thread(space, 10);
    const high = bench.thread(space, 20);
    const { slot } = bench.own(Kind.notification, space);
    const named = bench.grant(space, Kind.thread, low);
    bench.make(low, "threadSleep", { receiveTimeout: 100 });
    bench.make(high, "notificationWait", { a0: slot });
    const operator = bench.thread(space, 15);
    bench.make(operator, "threadStop", { a0: named });
    // A thread is left with a signal still to be given, and makes it when it runs.
    bench.makeCurrent("objectGetState", { a0: named, a1: 0, a2: 64 });
    const words = bench.memories.wordsOf(space);
    words.set([25, slot, 1], 5);
    words[5 + 16] = 0;
    bench.makeCurrent("objectSetState", { a0: named, a1: 0, a2: 64 });
    bench.makeCurrent("threadResume", { a0: named });
    bench.makeCurrent("threadSleep");
    expect(bench.k.current).toBe(high);
  });
});

describe("threadSchedule", () => {
  it.each([
    [-1, 0],
    [32, 0],
    [5, -1],
    [5, sliceUsMax + 1],
  ])("refuses priority %i with slice %i", (a1, a2) => {
    const a = bench.thread(space);
    const slot = bench.grant(space, Kind.thread, a);
    expect(bench.status(a, "threadSchedule", { a0: slot, a1, a2 })).toBe(Status.badArgument);
  });

  it("leaves the slice as it is when given none", () => {
    const a = bench.thread(space);
    const slot = bench.grant(space, Kind.thread, a);
    bench.make(a, "threadSchedule", { a0: slot, a1: 16 });
    bench.make(a, "objectGetState", { a0: slot, a1: 0, a2: 64 });
    expect(Array.from(bench.memories.wordsOf(space).slice(3, 5))).toEqual([16, defaultSliceUs]);
  });
});

describe("lazy queues", () => {
  /** Threads that are ready, and then stop waiting in their queue without leaving it. */
  function leaveStale(count: number): void {
    // They have a lower priority: whoever looks for a higher one does not meet and drop them.
    const operator = bench.thread(space, 16);
    for (let i = 0; i < count; i++) {
      const slot = bench.grant(space, Kind.thread, bench.thread(space, 10));
      bench.makeAs(operator, "threadStop", { a0: slot });
    }
  }

  it("never leave more rows to be corrected than their limit", () => {
    leaveStale(150);
    expect(bench.k.staleReady).toBeLessThanOrEqual(staleRowsMax);
    expect(bench.k.staleReady).toBeGreaterThan(0);
    bench.makeCurrent("threadSleep");
    expect(bench.k.staleReady).toBe(0);
  });

  it("make no walk of the scheduler longer than that", () => {
    for (let round = 0; round < 3; round++) leaveStale(40);
    for (let operator = 0; operator < 3; operator++) bench.makeCurrent("threadSleep");
    schedule(bench.k);
    expect(bench.k.walkMax).toBeGreaterThan(0);
    expect(bench.k.walkMax).toBeLessThanOrEqual(staleRowsMax + 1);
    verify(bench.look());
  });

  it("switched off leave nothing", () => {
    bench = new KernelBench({ limits: { threads: 200 }, techniques: { lazyQueues: false } });
    space = bench.space();
    leaveStale(50);
    expect(bench.k.staleReady).toBe(0);
  });
});
