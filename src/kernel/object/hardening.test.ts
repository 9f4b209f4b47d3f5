// What a hostile program tries on objects: to outgrow its limits, to gain authority through exported
// state, and to make destroying endless. The kernel neither stops nor gives more than was granted.
import { beforeEach, describe, expect, it } from "vitest";
import {
  Kind,
  Next,
  Right,
  slotsPerPage,
  spaceDepthMax,
  stateWord,
  stateWords,
  Status,
} from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { interrupt } from "../event.ts";
import { Preemption } from "../kernel.ts";
import { Space, spaceShift, Thread, threadShift } from "../layout.ts";
import { Binding } from "../syscall/memory-calls.ts";
import { verify } from "../verify.ts";
import { PortalForm } from "./endpoint.ts";

const at = 4096;
const slots = 200;

let bench: KernelBench;
let space: number;
let a: number;

beforeEach(() => {
  bench = new KernelBench({
    preemption: Preemption.full,
    limits: { spaces: 100, capabilityPages: 90 },
  });
  space = bench.space();
  a = bench.thread(space);
});

function call(name: Parameters<KernelBench["status"]>[1], args: object): number {
  return bench.status(a, name, args);
}

/** Reads the state of what a slot names to `at`, references to `slots` and after. */
function read(slot: number, a3 = slots): number {
  return call("objectGetState", { a0: slot, a1: at, a2: 64, a3 });
}

function put(kind: "thread" | "timer" | "space", field: string, value: number, index = 0): void {
  bench.memories.wordsOf(space)[at / 4 + stateWord(kind, field) + index] = value;
}

function field(kind: "mutex" | "timer" | "space" | "thread", name: string): number {
  return bench.memories.wordsOf(space)[at / 4 + stateWord(kind, name)]!;
}

function write(slot: number, kind: "thread" | "timer"): number {
  return call("objectSetState", { a0: slot, a1: at, a2: stateWords(kind) });
}

function bitsOf(notification: number): number {
  const slot = bench.grant(space, Kind.notification, notification);
  call("notificationPoll", { a0: slot });
  return bench.answer(a).words[0]!;
}

describe("a state that is set", () => {
  it("with more time left than any timeout has is refused, and nothing is changed", () => {
    const thread = bench.own(Kind.thread, space, [9]);
    expect(read(thread.slot)).toBe(Status.ok);
    put("thread", "priority", 3);
    for (const high of [0x7fff_ffff, -1]) {
      put("thread", "remaining", high, 1);
      expect(write(thread.slot, "thread")).toBe(Status.badArgument);
    }
    expect(bench.k.threads[(thread.row << threadShift) + Thread.priority]).toBe(9);
  });

  function armedTimer(): { slot: number; notification: number } {
    const timer = bench.own(Kind.timer, space);
    const notification = bench.object(Kind.notification, space);
    read(timer.slot);
    put("timer", "armed", 1);
    put("timer", "bits", 2);
    return { slot: timer.slot, notification };
  }

  it("with a timer that would never fire in our time is refused", () => {
    const { slot, notification } = armedTimer();
    put("timer", "notification", bench.grant(space, Kind.notification, notification));
    put("timer", "remaining", 0x7fff_ffff, 1);
    expect(write(slot, "timer")).toBe(Status.badArgument);
  });

  it("makes no timer signal what its setter may not", () => {
    const { slot, notification } = armedTimer();
    const weak = bench.grant(space, Kind.notification, notification, { rights: Right.derive });
    const badged = bench.grant(space, Kind.notification, notification, { badge: 1 });
    for (const named of [weak, badged]) {
      put("timer", "notification", named);
      expect(write(slot, "timer")).toBe(Status.noRight);
    }
    bench.pass(10);
    expect(bitsOf(notification)).toBe(0);
  });
});

describe("a badge", () => {
  it("limits the bits of a timer and of an exit as it does those of a signal", () => {
    const timer = bench.own(Kind.timer, space);
    const notification = bench.object(Kind.notification, space);
    const badged = bench.grant(space, Kind.notification, notification, { badge: 1 });
    const own = bench.grant(space, Kind.space, space);
    expect(call("timerSet", { a0: timer.slot, a1: badged, a2: 2 })).toBe(Status.noRight);
    const bind = { a0: own, a1: Binding.exit, a2: badged };
    expect(call("spaceBind", { ...bind, a3: 2 })).toBe(Status.noRight);
    expect(call("spaceBind", bind)).toBe(Status.ok);
    read(own);
    expect(field("space", "exitBits")).toBe(1);
  });

  it("stands on what the state of a timer or a space refers to", () => {
    const timer = bench.own(Kind.timer, space);
    const notification = bench.object(Kind.notification, space);
    const badged = bench.grant(space, Kind.notification, notification, { badge: 4 });
    call("timerSet", { a0: timer.slot, a1: badged, a2: 4, words: [1000] });
    expect(read(timer.slot)).toBe(Status.ok);
    const signal = { a0: field("timer", "notification"), a1: 2 };
    expect(call("notificationSignal", signal)).toBe(Status.noRight);
  });
});

it("read on a mutex does not lead to what its owner owes", () => {
  const other = bench.space();
  const owner = bench.thread(other);
  const mutex = bench.object(Kind.mutex, other);
  bench.make(owner, "mutexLock", { a0: bench.grant(other, Kind.mutex, mutex) });
  read(bench.grant(space, Kind.mutex, mutex, { rights: Right.read }));
  const named = field("mutex", "owner");
  expect(call("objectIdentify", { a0: named })).toBe(Status.ok);
  expect(read(named, slots + 20)).toBe(Status.noRight);
});

it("looking at a stopped caller without taking references does not hold its answer back", () => {
  const server = bench.space();
  const [s, c] = [bench.thread(server), bench.thread(space)];
  const { row, slot } = bench.own(Kind.endpoint, server);
  const named = bench.grant(space, Kind.thread, c);
  bench.make(s, "receive", { a0: slot });
  bench.make(c, "call", { a0: bench.grant(space, Kind.endpoint, row) });
  call("threadStop", { a0: named });
  read(named, 0);
  expect(bench.status(s, "reply")).toBe(Status.ok);
});

it("a program cannot make a lock answer what it likes", () => {
  const { slot } = bench.own(Kind.mutex, space);
  expect(call("mutexLock", { a0: slot, a3: 9999 })).toBe(Status.ok);
});

describe("the limits of a space", () => {
  /** A space with few objects, and a thread in it that may make things for it. */
  function limited(words: readonly number[]): { row: number; thread: number; own: number } {
    const row = bench.object(Kind.space, space, words);
    bench.memories.give(row, 65536);
    const thread = bench.thread(row);
    return { row, thread, own: bench.grant(row, Kind.space, row) };
  }

  it("count what the spaces it made use", () => {
    const { thread } = limited([4]);
    const child = { a0: 100, a1: Kind.space, words: [1_000_000] };
    expect(bench.status(thread, "objectCreate", child)).toBe(Status.ok);
    const made = [101, 102, 103].map((a0) =>
      bench.status(thread, "objectCreate", { a0, a1: Kind.notification, a2: 100 }),
    );
    expect(made).toEqual([Status.ok, Status.ok, Status.outOfObjects]);
    verify(bench.look());
  });

  it("count pages of slots after the first", () => {
    const { thread, own } = limited([3]);
    const copies = [1, 2, 3].map((page) =>
      bench.status(thread, "capabilityCopy", { a0: own, a1: page * slotsPerPage }),
    );
    expect(copies).toEqual([Status.ok, Status.ok, Status.outOfObjects]);
    verify(bench.look());
  });

  it("count reply objects that outlive their threads, and its maker's do when it is gone", () => {
    const { row, thread } = limited([8]);
    const s = bench.thread(space);
    const { row: endpoint, slot } = bench.own(Kind.endpoint, space);
    const door = bench.grant(row, Kind.endpoint, endpoint);
    const named = bench.grant(space, Kind.space, row);
    const count = (of: number) => bench.k.spaces[(of << spaceShift) + Space.objectCount]!;
    const before = count(row);
    bench.make(s, "receive", { a0: slot });
    bench.make(thread, "call", { a0: door });
    bench.make(s, "saveReply", { a0: 150 });
    call("objectDestroy", { a0: bench.grant(space, Kind.thread, thread) });
    expect(count(row)).toBe(before);
    call("objectDestroy", { a0: named });
    verify(bench.look());
    const held = count(space);
    call("capabilityDelete", { a0: 150 });
    expect(count(space)).toBe(held - 1);
    verify(bench.look());
  });

  it("bound the priority of its threads", () => {
    const { row, thread } = limited([10, 0, 5]);
    expect(bench.k.threads[(thread << threadShift) + Thread.priority]).toBe(5);
    const named = bench.grant(row, Kind.thread, thread);
    const schedule = (a1: number) => bench.status(thread, "threadSchedule", { a0: named, a1 });
    expect([schedule(5), schedule(6)]).toEqual([Status.ok, Status.noRight]);
  });

  it("bound how deep spaces stand, and the deepest chain is destroyed", () => {
    const live = bench.liveCounts();
    let inner = bench.object(Kind.space, space);
    const named = bench.grant(space, Kind.space, inner);
    for (let depth = 2; depth < spaceDepthMax; depth++) inner = bench.object(Kind.space, inner);
    expect(() => bench.object(Kind.space, inner)).toThrow(RangeError);
    expect(call("objectDestroy", { a0: named })).toBe(Status.ok);
    expect(bench.liveCounts()[Kind.space]).toBe(live[Kind.space]);
    verify(bench.look());
  });
});

it("a space can be destroyed while a portal of one that it made is on the stack", () => {
  const live = bench.liveCounts();
  const made = bench.object(Kind.space, space);
  const inner = bench.object(Kind.space, made);
  const form = [PortalForm.portal, 1];
  const [first, second] = [inner, space].map((of) => bench.object(Kind.endpoint, of, form));
  const named = bench.grant(space, Kind.space, made);
  const further = bench.grant(inner, Kind.endpoint, second!);
  const door = bench.grant(space, Kind.endpoint, first!);
  bench.grant(space, Kind.endpoint, second!);
  expect(bench.make(a, "call", { a0: door })).toBe(Next.portal);
  expect(bench.makeCurrent("call", { a0: further })).toBe(Next.portal);
  bench.makeCurrent("objectDestroy", { a0: named });
  expect(bench.answer(bench.k.current).status).toBe(Status.ok);
  verify(bench.look());
  bench.portalReturns();
  bench.portalReturns();
  expect(bench.answer(a).status).toBe(Status.partnerGone);
  expect(bench.liveCounts()[Kind.space]).toBe(live[Kind.space]);
  verify(bench.look());
});

it("revoking a deep chain of copies touches each of them a few times at most", () => {
  const { slot } = bench.own(Kind.notification, space);
  const depth = 4000;
  for (let i = 0; i < depth; i++) {
    call("capabilityCopy", { a0: i === 0 ? slot : 300 + i - 1, a1: 300 + i });
  }
  const words = bench.k.capabilities;
  let reads = 0;
  const counting = new Proxy(words, {
    get(target, key) {
      reads++;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  Object.assign(bench.k, { capabilities: counting });
  expect(call("capabilityRevoke", { a0: slot })).toBe(Status.ok);
  expect(reads / depth).toBeLessThan(100);
});

it("bits of a device do not go to a notification that got the row of its own", () => {
  const { row, slot } = bench.own(Kind.notification, space);
  const generation = bench.k.tables[Kind.notification]!.words[row << 3]!;
  call("capabilityDelete", { a0: slot });
  const next = bench.object(Kind.notification, space);
  expect(next).toBe(row);
  interrupt(bench.k, row, 1, generation);
  expect(bitsOf(next)).toBe(0);
});
