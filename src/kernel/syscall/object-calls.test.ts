// Creating, destroying, and the exported state of every kind of object.
import { beforeEach, describe, expect, it } from "vitest";
import {
  Kind,
  type KindName,
  Register,
  registerCount,
  stateHeaderWords,
  stateVersion,
  stateWord,
  stateWords,
  Status,
  Syscall,
  ThreadState,
} from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { Preemption } from "../kernel.ts";
import { verify } from "../verify.ts";

let bench: KernelBench;
let space: number;
let t: number;

beforeEach(() => {
  bench = new KernelBench({ limits: { threads: 150, mutexes: 100 } });
  space = bench.space();
  t = bench.thread(space);
});

const kinds = Object.keys(Kind).filter(
  (kind): kind is KindName => kind !== "none" && kind !== "reply",
);

function create(kind: KindName, slot: number, words: readonly number[] = [], forSlot = 0): number {
  return bench.status(t, "objectCreate", { a0: slot, a1: Kind[kind], a2: forSlot, words });
}

function wordsFor(kind: KindName): readonly number[] {
  return kind === "region" ? [64] : [];
}

function getState(slot: number, kind: KindName, references = 0): number {
  return bench.status(t, "objectGetState", {
    a0: slot,
    a1: 0,
    a2: stateWords(kind),
    a3: references,
  });
}

function field(kind: KindName, name: string, index = 0): number {
  return bench.memories.wordsOf(space)[stateWord(kind, name) + index]!;
}

function setField(kind: KindName, name: string, value: number, index = 0): void {
  bench.memories.wordsOf(space)[stateWord(kind, name) + index] = value;
}

function setState(slot: number, kind: KindName): number {
  return bench.status(t, "objectSetState", { a0: slot, a1: 0, a2: stateWords(kind) });
}

describe.each(kinds)("a %s", (kind) => {
  it("is created in a free slot, and leaves nothing behind when it is destroyed", () => {
    create("mutex", 99);
    const before = bench.liveCounts();
    expect(create(kind, 100, wordsFor(kind))).toBe(Status.ok);
    verify(bench.look());
    expect(bench.status(t, "objectDestroy", { a0: 100 })).toBe(Status.ok);
    bench.make(t, "capabilityDelete", { a0: 100 });
    expect(bench.liveCounts()).toEqual(before);
    verify(bench.look());
  });

  it("is not created where its capability has no place", () => {
    create("mutex", 100);
    const before = bench.liveCounts();
    expect(create(kind, 100, wordsFor(kind))).toBe(Status.slotOccupied);
    expect(create(kind, 0, wordsFor(kind))).toBe(Status.badArgument);
    expect(bench.liveCounts()).toEqual(before);
  });

  it("exports its kind and the version of its layout", () => {
    create(kind, 100, wordsFor(kind));
    expect(getState(100, kind)).toBe(Status.ok);
    expect(Array.from(bench.memories.wordsOf(space).slice(0, stateHeaderWords))).toEqual([
      Kind[kind],
      stateVersion,
    ]);
  });

  it("accepts the state that it exported", () => {
    create(kind, 100, wordsFor(kind));
    getState(100, kind);
    expect(setState(100, kind)).toBe(Status.ok);
    const words = Array.from(bench.memories.wordsOf(space).slice(0, stateWords(kind)));
    getState(100, kind);
    expect(Array.from(bench.memories.wordsOf(space).slice(0, stateWords(kind)))).toEqual(words);
  });

  it("refuses a state of another kind, another version, too short, or outside memory", () => {
    create(kind, 100, wordsFor(kind));
    const words = stateWords(kind);
    const set = (a1: number, a2: number) => bench.status(t, "objectSetState", { a0: 100, a1, a2 });
    getState(100, kind);
    expect(set(0, words - 1)).toBe(Status.badAddress);
    expect(set(65_532, words)).toBe(Status.badAddress);
    expect(set(2, words)).toBe(Status.badAddress);
    bench.memories.store(space, 4, stateVersion + 1);
    expect(set(0, words)).toBe(Status.badArgument);
    bench.memories.store(space, 4, stateVersion);
    bench.memories.store(space, 0, Kind[kind] === Kind.timer ? Kind.space : Kind.timer);
    expect(set(0, words)).toBe(Status.badArgument);
  });

  it("does not export its state to a place too small for it", () => {
    create(kind, 100, wordsFor(kind));
    const get = (a1: number, a2: number) => bench.status(t, "objectGetState", { a0: 100, a1, a2 });
    expect(get(0, stateWords(kind) - 1)).toBe(Status.badArgument);
    expect(get(65_536 - 4, stateWords(kind))).toBe(Status.badAddress);
    expect(get(1, stateWords(kind))).toBe(Status.badAddress);
  });
});

describe("creating", () => {
  it("refuses kinds that do not exist, and replies, which only calls make", () => {
    for (const a1 of [0, 12, -1, Kind.reply]) {
      expect(bench.status(t, "objectCreate", { a0: 100, a1 })).toBe(Status.badArgument);
    }
  });

  it("refuses a region of no size, and one that the host has no memory for", () => {
    expect(create("region", 100, [0])).toBe(Status.badArgument);
    expect(create("region", 100, [-4])).toBe(Status.badArgument);
    bench.memories.isExhausted = true;
    const before = bench.liveCounts();
    expect(create("region", 100, [64])).toBe(Status.outOfObjects);
    expect(bench.liveCounts()).toEqual(before);
  });

  it("for another space needs control over it, and counts against its limit", () => {
    create("space", 100, [1]);
    expect(create("mutex", 101, [], 100)).toBe(Status.ok);
    expect(create("mutex", 102, [], 100)).toBe(Status.outOfObjects);
    expect(create("mutex", 103, [], 999)).toBe(Status.badCapability);
  });

  it("stops at the kernel's table, and changes nothing by trying", () => {
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) statuses.push(create("timer", 100 + i));
    expect(statuses.filter((status) => status === Status.ok)).toHaveLength(16);
    expect(statuses.at(-1)).toBe(Status.outOfObjects);
    expect(create("timer", 120)).toBe(Status.outOfObjects);
    verify(bench.look());
  });
});

describe("destroying", () => {
  it("a space ends everything in it, and tells those who wait there", () => {
    create("space", 100);
    bench.make(t, "objectIdentify", { a0: 100 });
    const inner = bench.answer(t).words[1];
    bench.memories.give(inner, 4096);
    create("notification", 101, [], 100);
    const waiter = bench.thread(space);
    bench.make(waiter, "notificationWait", { a0: 101 });
    const before = bench.liveCounts();
    bench.thread(inner);
    create("space", 103, [], 100);
    bench.status(t, "objectDestroy", { a0: 100 });
    expect(bench.answer(waiter).status).toBe(Status.partnerGone);
    const after = bench.liveCounts();
    expect(after[Kind.space]).toBe(before[Kind.space] - 1);
    expect(after[Kind.thread]).toBe(before[Kind.thread]);
    expect(bench.k.notices.map(({ notice }) => notice)).toContain("spaceGone");
    verify(bench.look());
  });

  it("one's own space, or one it was made by, is refused", () => {
    create("space", 100);
    bench.make(t, "objectIdentify", { a0: 100 });
    const inner = bench.answer(t).words[1];
    bench.memories.give(inner, 4096);
    const child = bench.thread(inner);
    const parent = bench.grant(inner, Kind.space, space);
    expect(bench.status(child, "objectDestroy", { a0: parent })).toBe(Status.wrongState);
    const own = bench.grant(space, Kind.space, space);
    expect(bench.status(t, "objectDestroy", { a0: own })).toBe(Status.wrongState);
  });

  it("oneself ends the thread, and another runs", () => {
    const other = bench.thread(space);
    const slot = bench.grant(space, Kind.thread, t);
    bench.run(t);
    bench.makeCurrent("objectDestroy", { a0: slot });
    expect(bench.k.current).toBe(other);
    verify(bench.look());
  });

  it("many objects lets events in between its steps, and ends the same", () => {
    bench = new KernelBench({ limits: { mutexes: 100 }, preemption: Preemption.full });
    space = bench.space();
    t = bench.thread(space);
    create("space", 100);
    for (let i = 0; i < 80; i++) create("mutex", 200 + i, [], 100);
    bench.eventPending[0] = 1;
    bench.make(t, "objectDestroy", { a0: 100 });
    expect(bench.answer(t).pending).toBe("objectDestroy");
    verify(bench.look());
    bench.goOn();
    expect(bench.answer(t).status).toBe(Status.ok);
    expect(bench.liveCounts()[Kind.mutex]).toBe(0);
  });
});

describe("the state of a thread", () => {
  let other: number;

  beforeEach(() => {
    other = bench.thread(space);
    bench.grant(space, Kind.thread, other, { slot: 100 });
    bench.grant(space, Kind.notification, bench.object(Kind.notification, space), { slot: 101 });
  });

  it("that waits shows the call that it will make, and that it can run", () => {
    bench.make(other, "notificationWait", { a0: 101, a1: 5, receiveTimeout: 2000 });
    bench.pass(500);
    getState(100, "thread");
    expect(field("thread", "state")).toBe(ThreadState.ready);
    expect(field("thread", "registers", Register.call)).toBe(Syscall.notificationWait);
    expect(field("thread", "registers", Register.a1)).toBe(5);
    expect([field("thread", "timed"), field("thread", "remaining")]).toEqual([1, 1_500_000]);
    expect(bench.stateOf(other)).toBe("waitingNotification");
  });

  it("is set only while it is stopped", () => {
    getState(100, "thread");
    expect(setState(100, "thread")).toBe(Status.wrongState);
    bench.make(t, "threadStop", { a0: 100 });
    expect(setState(100, "thread")).toBe(Status.ok);
  });

  it.each<[string, number, number]>([
    ["priority", 0, 32],
    ["priority", 0, -1],
    ["sliceUs", 0, 0],
    ["sliceUs", 0, 10_000_001],
    ["registers", Register.call, 47],
    ["registers", Register.call, -3],
  ])("with a bad %s is refused", (name, index, value) => {
    bench.make(t, "threadStop", { a0: 100 });
    getState(100, "thread");
    setField("thread", name, value, index);
    expect(setState(100, "thread")).toBe(Status.badArgument);
  });

  it("is afterwards what was set, register by register", () => {
    bench.make(t, "threadStop", { a0: 100 });
    getState(100, "thread");
    setField("thread", "priority", 9);
    setField("thread", "sliceUs", 1234);
    setField("thread", "exitCode", 77);
    for (let i = 1; i < registerCount; i++) setField("thread", "registers", 1000 + i, i);
    const words = Array.from(bench.memories.wordsOf(space).slice(0, stateWords("thread")));
    expect(setState(100, "thread")).toBe(Status.ok);
    bench.memories.wordsOf(space).fill(0, 0, 64);
    getState(100, "thread");
    expect(Array.from(bench.memories.wordsOf(space).slice(0, words.length))).toEqual(words);
    expect(bench.stateOf(other)).toBe("stopped");
  });

  it("keeps what is left of a timeout through stopping and setting", () => {
    bench.make(other, "notificationWait", { a0: 101, receiveTimeout: 2000 });
    bench.pass(500);
    bench.make(t, "threadStop", { a0: 100 });
    getState(100, "thread");
    bench.pass(9000);
    setState(100, "thread");
    bench.make(t, "threadResume", { a0: 100 });
    bench.settle();
    bench.pass(1499);
    expect(bench.stateOf(other)).toBe("waitingNotification");
    bench.pass(1);
    expect(bench.answer(other).status).toBe(Status.timeout);
  });

  it("whose time is over while it is stopped times out when it is resumed", () => {
    bench.make(other, "notificationWait", { a0: 101, receiveTimeout: 2000 });
    bench.make(t, "threadStop", { a0: 100 });
    bench.pass(5000);
    expect(bench.stateOf(other)).toBe("stopped");
    bench.make(t, "threadResume", { a0: 100 });
    bench.settle();
    expect(bench.answer(other).status).toBe(Status.timeout);
  });
});

describe("references in a state", () => {
  it("are put into the slots given, which must be free", () => {
    create("mutex", 100);
    bench.make(t, "mutexLock", { a0: 100 });
    expect(getState(100, "mutex", 100)).toBe(Status.slotOccupied);
    expect(getState(100, "mutex", 200)).toBe(Status.ok);
    expect(field("mutex", "owner")).toBe(200);
    bench.make(t, "objectIdentify", { a0: 200 });
    expect(bench.answer(t).words.slice(0, 2)).toEqual([Kind.thread, t]);
  });

  it("are left out when no slots are given", () => {
    create("mutex", 100);
    bench.make(t, "mutexLock", { a0: 100 });
    getState(100, "mutex");
    expect([field("mutex", "locked"), field("mutex", "owner")]).toEqual([1, 0]);
  });

  it("give a mutex to the thread that they name", () => {
    const owner = bench.thread(space);
    bench.grant(space, Kind.thread, owner, { slot: 150 });
    create("mutex", 100);
    getState(100, "mutex");
    setField("mutex", "locked", 1);
    setField("mutex", "owner", 150);
    expect(setState(100, "mutex")).toBe(Status.ok);
    expect(bench.status(t, "mutexUnlock", { a0: 100 })).toBe(Status.notOwner);
    expect(bench.status(owner, "mutexUnlock", { a0: 100 })).toBe(Status.ok);
    verify(bench.look());
  });

  it("that name nothing, or another kind, are refused", () => {
    create("mutex", 100);
    getState(100, "mutex");
    setField("mutex", "locked", 1);
    setField("mutex", "owner", 999);
    expect(setState(100, "mutex")).toBe(Status.badCapability);
    setField("mutex", "owner", 100);
    expect(setState(100, "mutex")).toBe(Status.badCapability);
  });

  it("to an exit notification, a chief and a supervisor stand in the state of a space", () => {
    create("space", 100);
    create("notification", 101);
    create("endpoint", 102);
    bench.make(t, "spaceBind", { a0: 100, a1: 1, a2: 102 });
    bench.make(t, "spaceBind", { a0: 100, a1: 2, a2: 101, a3: 1 });
    bench.make(t, "spaceBind", { a0: 100, a1: 3, a2: 102 });
    getState(100, "space", 200);
    const slots = ["chief", "exit", "fault"].map((name) => field("space", name));
    expect(slots).toEqual([200, 201, 202]);
    expect(field("space", "clan")).toBe(1);
    verify(bench.look());
  });
});
