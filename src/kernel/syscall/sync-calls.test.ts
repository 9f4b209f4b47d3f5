// Notifications, mutexes, conditions, futexes and timers.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, stateWords, Status } from "../../abi/index.ts";
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

describe("a notification", () => {
  let slot: number;
  let row: number;
  beforeEach(() => ({ row, slot } = bench.own(Kind.notification, space)));

  function poll(mask = 0): number {
    bench.make(a, "notificationPoll", { a0: slot, a1: mask });
    return bench.answer(a).words[0]!;
  }

  it("gathers bits until somebody takes them", () => {
    bench.make(b, "notificationSignal", { a0: slot, a1: 1 });
    bench.make(b, "notificationSignal", { a0: slot, a1: 4 });
    expect([poll(), poll()]).toEqual([5, 0]);
  });

  it("gives a waiter the bits of its mask, and keeps the others", () => {
    bench.make(a, "notificationWait", { a0: slot, a1: 6 });
    bench.make(b, "notificationSignal", { a0: slot, a1: 1 });
    expect(bench.stateOf(a)).toBe("waitingNotification");
    bench.make(b, "notificationSignal", { a0: slot, a1: 12 });
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.answer(a).words[0]).toBe(4);
    expect(poll()).toBe(9);
  });

  it("serves waiters in order, each with what its mask lets through", () => {
    bench.make(a, "notificationWait", { a0: slot, a1: 1 });
    bench.make(b, "notificationWait", { a0: slot });
    bench.make(c, "notificationSignal", { a0: slot, a1: 3 });
    expect([bench.answer(a).words[0], bench.answer(b).words[0]]).toEqual([1, 2]);
  });

  it("with a badge signals its own bits only", () => {
    const badged = bench.grant(space, Kind.notification, row, { badge: 8 });
    expect(bench.status(b, "notificationSignal", { a0: badged, a1: 9 })).toBe(Status.noRight);
    expect(bench.status(b, "notificationSignal", { a0: badged })).toBe(Status.ok);
    expect(poll()).toBe(8);
    expect(bench.status(b, "notificationSignal", { a0: slot })).toBe(Status.badArgument);
  });

  it("times out, and does not wait with no time", () => {
    expect(bench.status(a, "notificationWait", { a0: slot, receiveTimeout: 0 })).toBe(
      Status.timeout,
    );
    bench.make(a, "notificationWait", { a0: slot, receiveTimeout: 50 });
    bench.pass(50);
    expect(bench.answer(a).status).toBe(Status.timeout);
  });

  it("that is destroyed tells its waiters", () => {
    bench.make(a, "notificationWait", { a0: slot });
    bench.make(b, "objectDestroy", { a0: slot });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
  });
});

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
