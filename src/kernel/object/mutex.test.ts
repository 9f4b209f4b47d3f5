// Mutexes and the conditions that go with them: a wait always ends with the mutex held.
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

function named(thread: number): number {
  return bench.grant(space, Kind.thread, thread);
}

describe("a mutex", () => {
  let slot: number;
  beforeEach(() => ({ slot } = bench.own(Kind.mutex, space)));

  it("is held by one thread, and handed to the first who waits", () => {
    bench.make(a, "mutexLock", { a0: slot });
    bench.make(b, "mutexLock", { a0: slot });
    bench.make(c, "mutexLock", { a0: slot });
    bench.make(a, "mutexUnlock", { a0: slot });
    expect(bench.answer(b)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.stateOf(c)).toBe("lockingMutex");
    expect(bench.status(a, "mutexTryLock", { a0: slot })).toBe(Status.wouldBlock);
  });

  it("is unlocked by its owner only, and not locked twice by it", () => {
    expect(bench.status(a, "mutexUnlock", { a0: slot })).toBe(Status.notOwner);
    bench.make(a, "mutexLock", { a0: slot });
    expect(bench.status(b, "mutexUnlock", { a0: slot })).toBe(Status.notOwner);
    expect(bench.status(a, "mutexLock", { a0: slot })).toBe(Status.notOwner);
    expect(bench.status(a, "mutexTryLock", { a0: slot })).toBe(Status.notOwner);
  });

  it("whose owner died goes to the next, who is told once", () => {
    bench.make(a, "mutexLock", { a0: slot });
    bench.make(b, "mutexLock", { a0: slot });
    bench.make(c, "objectDestroy", { a0: named(a) });
    expect(bench.answer(b).status).toBe(Status.ownerDied);
    bench.make(b, "mutexUnlock", { a0: slot });
    expect(bench.status(c, "mutexLock", { a0: slot })).toBe(Status.ok);
  });

  it("whose owner died with nobody waiting tells whoever locks it next", () => {
    bench.make(a, "mutexLock", { a0: slot });
    bench.make(b, "objectDestroy", { a0: named(a) });
    expect(bench.status(b, "mutexTryLock", { a0: slot })).toBe(Status.ownerDied);
    verify(bench.look());
  });

  it("lets a waiter go when its time is over, or it is interrupted", () => {
    bench.make(a, "mutexLock", { a0: slot });
    expect(bench.status(b, "mutexLock", { a0: slot, receiveTimeout: 0 })).toBe(Status.timeout);
    bench.make(b, "mutexLock", { a0: slot, receiveTimeout: 10 });
    bench.pass(10);
    expect(bench.answer(b).status).toBe(Status.timeout);
    bench.make(c, "mutexLock", { a0: slot });
    bench.make(a, "threadInterrupt", { a0: named(c) });
    expect(bench.answer(c).status).toBe(Status.interrupted);
    bench.make(a, "mutexUnlock", { a0: slot });
    expect(bench.status(b, "mutexTryLock", { a0: slot })).toBe(Status.ok);
  });

  it("that is destroyed tells its waiters, and its owner holds nothing", () => {
    bench.make(a, "mutexLock", { a0: slot });
    bench.make(b, "mutexLock", { a0: slot });
    bench.make(c, "objectDestroy", { a0: slot });
    expect(bench.answer(b).status).toBe(Status.partnerGone);
    bench.make(a, "threadExit");
    verify(bench.look());
  });
});

describe("a condition", () => {
  let mutex: number;
  let condition: number;

  beforeEach(() => {
    mutex = bench.own(Kind.mutex, space).slot;
    condition = bench.own(Kind.condition, space).slot;
  });

  function wait(thread: number, receiveTimeout = -1): void {
    bench.make(thread, "mutexLock", { a0: mutex });
    bench.make(thread, "conditionWait", { a0: condition, a1: mutex, receiveTimeout });
  }

  function signal(thread: number): number {
    bench.make(thread, "conditionSignal", { a0: condition });
    return bench.answer(thread).words[0]!;
  }

  it("gives up the mutex while it waits, and comes back with it", () => {
    wait(a);
    expect(bench.status(b, "mutexLock", { a0: mutex })).toBe(Status.ok);
    expect(signal(b)).toBe(1);
    bench.settle();
    expect(bench.stateOf(a)).toBe("lockingMutex");
    bench.make(b, "mutexUnlock", { a0: mutex });
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.status(b, "mutexTryLock", { a0: mutex })).toBe(Status.wouldBlock);
  });

  it("wakes one by signal and all by broadcast", () => {
    for (const thread of [a, b]) wait(thread);
    expect([signal(c), signal(c), signal(c)]).toEqual([1, 1, 0]);
    for (const thread of [a, b]) {
      bench.settle();
      bench.make(thread, "mutexUnlock", { a0: mutex });
    }
    for (const thread of [a, b]) wait(thread);
    expect(bench.status(c, "conditionBroadcast", { a0: condition })).toBe(Status.ok);
    bench.settle();
    expect([a, b].map((thread) => bench.stateOf(thread))).not.toContain("waitingCondition");
  });

  it("needs the mutex to be held, and some time", () => {
    const args = { a0: condition, a1: mutex };
    expect(bench.status(a, "conditionWait", args)).toBe(Status.notOwner);
    bench.make(a, "mutexLock", { a0: mutex });
    expect(bench.status(a, "conditionWait", { ...args, receiveTimeout: 0 })).toBe(Status.timeout);
    expect(bench.status(a, "conditionWait", { a0: condition, a1: 999 })).toBe(Status.badCapability);
    expect(bench.status(a, "mutexUnlock", { a0: mutex })).toBe(Status.ok);
  });

  it("that times out answers so, with the mutex held", () => {
    wait(a, 100);
    bench.make(b, "mutexLock", { a0: mutex });
    bench.pass(100);
    bench.settle();
    expect(bench.stateOf(a)).toBe("lockingMutex");
    bench.make(b, "mutexUnlock", { a0: mutex });
    expect(bench.answer(a).status).toBe(Status.timeout);
    expect(bench.status(a, "mutexUnlock", { a0: mutex })).toBe(Status.ok);
  });

  it("that is interrupted answers so, with the mutex held", () => {
    wait(a);
    bench.make(b, "threadInterrupt", { a0: named(a) });
    bench.settle();
    expect(bench.answer(a).status).toBe(Status.interrupted);
    expect(bench.status(a, "mutexUnlock", { a0: mutex })).toBe(Status.ok);
  });

  it("whose waiter is interrupted while it locks the mutex again still comes back with it", () => {
    wait(a);
    bench.make(b, "mutexLock", { a0: mutex });
    signal(b);
    bench.settle();
    bench.make(b, "threadInterrupt", { a0: named(a) });
    bench.settle();
    expect(bench.stateOf(a)).toBe("lockingMutex");
    bench.make(b, "mutexUnlock", { a0: mutex });
    expect(bench.answer(a).status).toBe(Status.interrupted);
    expect(bench.status(a, "mutexUnlock", { a0: mutex })).toBe(Status.ok);
  });

  it("whose waiter was stopped past its deadline still comes back with the mutex held", () => {
    wait(a, 100);
    const slot = named(a);
    bench.make(b, "threadStop", { a0: slot });
    bench.make(b, "mutexLock", { a0: mutex });
    bench.pass(500);
    bench.make(b, "threadResume", { a0: slot });
    bench.settle();
    expect(bench.stateOf(a)).toBe("lockingMutex");
    bench.make(b, "mutexUnlock", { a0: mutex });
    expect(bench.status(a, "mutexUnlock", { a0: mutex })).toBe(Status.ok);
  });

  it("that is destroyed lets its waiters back to the mutex, and tells them", () => {
    wait(a);
    bench.make(b, "objectDestroy", { a0: condition });
    bench.settle();
    expect(bench.answer(a).status).toBe(Status.partnerGone);
    expect(bench.status(a, "mutexUnlock", { a0: mutex })).toBe(Status.ok);
  });
});
