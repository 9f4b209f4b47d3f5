// Futex queues: waiting on a word, being woken, and being moved to another word.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { verify } from "../verify.ts";

let bench: KernelBench;
let space: number;
let a: number;
let b: number;
let c: number;

beforeEach(() => {
  bench = new KernelBench();
  space = bench.space();
  [a, b, c] = [bench.thread(space), bench.thread(space), bench.thread(space)];
});

describe("a futex", () => {
  let slot: number;

  beforeEach(() => {
    ({ slot } = bench.own(Kind.futexQueue, space));
    bench.memories.store(space, 64, 5);
    bench.memories.store(space, 68, 5);
  });

  function wait(thread: number, address = 64, receiveTimeout = -1): void {
    bench.make(thread, "futexWait", { a0: slot, a1: address, a2: 5, receiveTimeout });
  }

  it("waits only while the word has the expected value", () => {
    expect(bench.status(a, "futexWait", { a0: slot, a1: 64, a2: 4 })).toBe(Status.wouldBlock);
    wait(a);
    expect(bench.stateOf(a)).toBe("waitingFutex");
  });

  it("refuses addresses that are not aligned or not there", () => {
    for (const a1 of [65, 66, 65_536, -4]) {
      expect(bench.status(a, "futexWait", { a0: slot, a1, a2: 5 })).toBe(Status.badAddress);
    }
  });

  it("wakes those who wait on this address, in order, as many as asked", () => {
    wait(a, 68);
    wait(b);
    wait(c);
    const waker = bench.thread(space);
    bench.make(waker, "futexWake", { a0: slot, a1: 64, a2: 1 });
    expect(bench.answer(waker).words[0]).toBe(1);
    expect([a, b, c].map((thread) => bench.stateOf(thread))).toEqual([
      "waitingFutex",
      "ready",
      "waitingFutex",
    ]);
  });

  it("moves waiters to another address, where they are woken", () => {
    for (const thread of [a, b, c]) wait(thread);
    const waker = bench.thread(space);
    const words = [0, 1, 0];
    bench.make(waker, "futexRequeue", { a0: slot, a1: 64, a2: 1, a3: 68, words });
    expect(bench.answer(waker).words.slice(0, 3)).toEqual([1, 0, 1]);
    bench.make(waker, "futexWake", { a0: slot, a1: 68, a2: 9 });
    expect([a, b, c].map((thread) => bench.stateOf(thread))).toEqual([
      "ready",
      "ready",
      "waitingFutex",
    ]);
    verify(bench.look());
  });

  it("refuses to move waiters to where they are", () => {
    const args = { a0: slot, a1: 64, a2: 1, a3: 64, words: [0, 1] };
    expect(bench.status(a, "futexRequeue", args)).toBe(Status.badArgument);
  });

  it("times out, and is told of its queue's end", () => {
    wait(a, 64, 30);
    bench.pass(30);
    expect(bench.answer(a).status).toBe(Status.timeout);
    wait(a);
    bench.make(b, "objectDestroy", { a0: slot });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
  });
});
