// Calls on threads, bytes moved between memories, bindings and the clock.
import { beforeEach, describe, expect, it } from "vitest";
import {
  copyStepBytes,
  Kind,
  Next,
  Right,
  StackState,
  stateWord,
  stateWords,
  Status,
} from "../../abi/index.ts";
import { type CallArguments, KernelBench } from "../../../test/support/kernel-bench.ts";
import { fillPattern } from "../../../test/support/long-message.ts";
import { stackLeft } from "../event.ts";
import { Preemption } from "../kernel.ts";
import { verify } from "../verify.ts";

let bench: KernelBench;
let space: number;
let a: number;
let b: number;
let named: number;

beforeEach(() => {
  bench = new KernelBench({ preemption: Preemption.full });
  space = bench.space(262_144);
  [a, b] = [bench.thread(space), bench.thread(space)];
  named = bench.grant(space, Kind.thread, b);
});

describe("threadStop and threadResume", () => {
  it("stop a ready thread, which does not run until it is resumed", () => {
    expect(bench.status(a, "threadStop", { a0: named })).toBe(Status.ok);
    bench.makeCurrent("threadSleep");
    expect(bench.k.current).toBe(0);
  });

  it("take a waiting thread out of its queue at once, and put it back as if it called again", () => {
    const { slot } = bench.own(Kind.notification, space);
    bench.make(b, "notificationWait", { a0: slot });
    bench.make(a, "threadStop", { a0: named });
    bench.make(a, "notificationSignal", { a0: slot, a1: 1 });
    expect(bench.stateOf(b)).toBe("stopped");
    bench.make(a, "threadResume", { a0: named });
    bench.settle();
    expect(bench.answer(b)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.answer(b).words[0]).toBe(1);
  });

  it("stop oneself, and another runs", () => {
    const own = bench.grant(space, Kind.thread, a);
    bench.run(a);
    bench.makeCurrent("threadStop", { a0: own });
    expect(bench.stateOf(a)).toBe("stopped");
    expect(bench.k.current).toBe(b);
  });

  it("refuse to resume what is not stopped, and to stop what has exited", () => {
    expect(bench.status(a, "threadResume", { a0: named })).toBe(Status.wrongState);
    bench.make(b, "threadExit", { a0: 3 });
    expect(bench.status(a, "threadStop", { a0: named })).toBe(Status.wrongState);
    expect(bench.status(a, "threadResume", { a0: named })).toBe(Status.wrongState);
    verify(bench.look());
  });
});

describe("a thread that is stopped", () => {
  const { inUse, leaving, out, lost } = StackState;
  let told: { row: number; slot: number };

  beforeEach(() => {
    told = bench.own(Kind.notification, space);
  });

  /** Where the stack of the other thread is, as its state says. */
  function stackNow(): number {
    bench.make(a, "objectGetState", { a0: named, a1: 0, a2: stateWords("thread") });
    return bench.memories.load(space, stateWord("thread", "stack") * 4);
  }

  function stop(args: CallArguments = {}): number {
    bench.make(a, "threadStop", { a0: named, ...args });
    return bench.answer(a).words[0];
  }

  function bitsTold(): number {
    bench.make(a, "notificationPoll", { a0: told.slot, a1: -1 });
    return bench.answer(a).words[0];
  }

  it("has its stack leave, once, and whoever asked is told when it has", () => {
    expect(stackNow()).toBe(inUse);
    expect(stop({ a1: told.slot, a2: 5 })).toBe(leaving);
    expect(bench.k.notices).toContainEqual({ notice: "threadStopped", thread: b, space });
    expect(stop({ a1: told.slot, a2: 6 })).toBe(leaving);
    expect(bench.k.notices.filter(({ notice }) => notice === "threadStopped")).toHaveLength(1);
    expect(stackNow()).toBe(leaving);
    stackLeft(bench.k, b, out);
    expect(stackNow()).toBe(out);
    expect(bitsTold()).toBe(6);
    stackLeft(bench.k, b, lost);
    expect(stackNow()).toBe(out);
  });

  it("is out already if it never ran, and that is told at once", () => {
    const fresh = bench.object(Kind.thread, space);
    const slot = bench.grant(space, Kind.thread, fresh);
    expect(stop({ a0: slot, a1: told.slot, a2: 1 })).toBe(out);
    expect(bitsTold()).toBe(1);
    expect(bench.k.notices).toEqual([]);
  });

  it("tells that the leaving is over when it is resumed or ends before", () => {
    stop({ a1: told.slot, a2: 1 });
    bench.make(a, "threadResume", { a0: named });
    expect(bitsTold()).toBe(1);
    stackLeft(bench.k, b, out);
    expect(stackNow()).toBe(inUse);
    stop({ a1: told.slot, a2: 2 });
    bench.make(a, "objectDestroy", { a0: named });
    expect(bitsTold()).toBe(2);
    verify(bench.look());
  });

  it("that stops itself finds where its stack was", () => {
    const own = bench.grant(space, Kind.thread, b);
    bench.make(b, "threadStop", { a0: own });
    expect(bench.answer(b)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.answer(b).words[0]).toBe(leaving);
  });

  it("refuses a notification that the caller may not signal so, and is not stopped", () => {
    const badged = { badge: 4 };
    const narrow = bench.grant(space, Kind.notification, told.row, badged);
    const blind = bench.grant(space, Kind.notification, told.row, { rights: Right.receive });
    const status = (args: CallArguments): number =>
      bench.status(a, "threadStop", { a0: named, ...args });
    expect(status({ a1: 9999 })).toBe(Status.badCapability);
    expect(status({ a1: blind, a2: 1 })).toBe(Status.noRight);
    expect(status({ a1: narrow, a2: 8 })).toBe(Status.noRight);
    expect(status({ a1: told.slot })).toBe(Status.badArgument);
    expect(bench.stateOf(b)).toBe("ready");
    expect(status({ a1: narrow })).toBe(Status.ok);
    stackLeft(bench.k, b, out);
    expect(bitsTold()).toBe(4);
  });
});

describe("threadInterrupt", () => {
  it("is refused for a thread that does not wait", () => {
    expect(bench.status(a, "threadInterrupt", { a0: named })).toBe(Status.wrongState);
    bench.make(a, "threadStop", { a0: named });
    expect(bench.status(a, "threadInterrupt", { a0: named })).toBe(Status.wrongState);
  });

  it("ends a sleep", () => {
    bench.make(b, "threadSleep");
    expect(bench.status(a, "threadInterrupt", { a0: named })).toBe(Status.ok);
    expect(bench.answer(b).status).toBe(Status.interrupted);
  });
});

describe("threadSleep", () => {
  it("sleeps as long as it was told, and answers that its time is over", () => {
    bench.make(a, "threadSleep", { receiveTimeout: 77 });
    bench.pass(76);
    expect(bench.stateOf(a)).toBe("sleeping");
    bench.pass(1);
    expect(bench.answer(a).status).toBe(Status.timeout);
  });
});

describe("clockRead", () => {
  it("tells nanoseconds in two words, low word first", () => {
    bench.pass(5_000_000);
    bench.make(a, "clockRead");
    const [low, high] = bench.answer(a).words;
    expect((low! >>> 0) + high! * 2 ** 32).toBe(5_000_000_000);
  });
});

describe("regionRead and regionWrite", () => {
  let slot: number;
  beforeEach(() => ({ slot } = bench.own(Kind.region, space, [100_000])));

  it("move bytes once, into the region and out of it", () => {
    fillPattern(bench, space, [0, 50_000]);
    expect(bench.status(a, "regionWrite", { a0: slot, a1: 7, a2: 0, a3: 50_000 })).toBe(Status.ok);
    const read = { a0: slot, a1: 7, a2: 100_000, a3: 50_000 };
    expect(bench.status(a, "regionRead", read)).toBe(Status.ok);
    const memory = bench.memories.bytes(space);
    expect(memory.subarray(100_000, 150_000)).toEqual(memory.subarray(0, 50_000));
    expect(bench.memories.copiedBytes).toBe(100_000);
  });

  it.each([
    [100_000, 0, 1],
    [99_999, 0, 2],
    [-1, 0, 1],
    [0, 262_143, 2],
    [0, -4, 8],
    [0, 0, -1],
  ])("refuse offset %i, address %i, %i bytes", (a1, a2, a3) => {
    expect(bench.status(a, "regionRead", { a0: slot, a1, a2, a3 })).toBe(Status.badAddress);
    expect(bench.status(a, "regionWrite", { a0: slot, a1, a2, a3 })).toBe(Status.badAddress);
    expect(bench.memories.copiedBytes).toBe(0);
  });

  it("let an event in after each step, with their arguments advanced", () => {
    bench.eventPending[0] = 1;
    const next = bench.make(a, "regionWrite", { a0: slot, a1: 0, a2: 64, a3: copyStepBytes * 3 });
    expect(next).toBe(Next.again);
    expect(bench.answer(a)).toMatchObject({
      pending: "regionWrite",
      a1: copyStepBytes,
      a2: 64 + copyStepBytes,
      a3: copyStepBytes * 2,
    });
    bench.goOn();
    expect(bench.answer(a).status).toBe(Status.ok);
    expect(bench.memories.copiedBytes).toBe(copyStepBytes * 3);
  });

  it("never stop when the kernel is not to be preempted", () => {
    bench = new KernelBench({ preemption: Preemption.none });
    space = bench.space(262_144);
    a = bench.thread(space);
    ({ slot } = bench.own(Kind.region, space, [100_000]));
    bench.eventPending[0] = 1;
    expect(bench.make(a, "regionWrite", { a0: slot, a3: 100_000 })).toBe(Next.resume);
  });
});

describe("memoryRead and memoryWrite", () => {
  it("move bytes between two spaces", () => {
    const other = bench.space(4096);
    const slot = bench.grant(space, Kind.space, other);
    fillPattern(bench, space, [0, 64], 3);
    expect(bench.status(a, "memoryWrite", { a0: slot, a1: 100, a2: 0, a3: 64 })).toBe(Status.ok);
    expect(bench.status(a, "memoryRead", { a0: slot, a1: 100, a2: 500, a3: 64 })).toBe(Status.ok);
    const memory = bench.memories.bytes(space);
    expect(memory.subarray(500, 564)).toEqual(memory.subarray(0, 64));
    const past = { a0: slot, a1: 4090, a2: 0, a3: 10 };
    expect(bench.status(a, "memoryRead", past)).toBe(Status.badAddress);
  });
});

describe("spaceBind", () => {
  it("refuses what cannot be bound, and things of the wrong kind", () => {
    const slot = bench.grant(space, Kind.space, bench.space());
    const mutex = bench.own(Kind.mutex, space).slot;
    for (const a1 of [0, 5, -1]) {
      expect(bench.status(a, "spaceBind", { a0: slot, a1 })).toBe(Status.badArgument);
    }
    for (const a1 of [1, 2, 3]) {
      expect(bench.status(a, "spaceBind", { a0: slot, a1, a2: mutex })).toBe(Status.badCapability);
    }
  });

  it("binds nothing when it is given no slot", () => {
    const slot = bench.grant(space, Kind.space, bench.space());
    const endpoint = bench.own(Kind.endpoint, space).slot;
    bench.make(a, "spaceBind", { a0: slot, a1: 1, a2: endpoint });
    bench.make(a, "spaceBind", { a0: slot, a1: 1, a2: 0 });
    bench.make(a, "objectGetState", { a0: slot, a1: 0, a2: 64 });
    expect(bench.memories.wordsOf(space)[2 + 5]).toBe(0);
  });
});
