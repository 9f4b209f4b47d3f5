// Events: faults and their supervisors, exits, device interrupts, ticks and the end of a slice.
import { beforeEach, describe, expect, it } from "vitest";
import { faultLabel, FaultReason, Kind, Next, Status } from "../abi/index.ts";
import { KernelBench } from "../../test/support/kernel-bench.ts";
import {
  enter,
  exited,
  faulted,
  interrupt,
  nextTickNs,
  preempted,
  schedule,
  tick,
} from "./event.ts";
import { Binding } from "./syscall/memory-calls.ts";
import { verify } from "./verify.ts";

let bench: KernelBench;
let supervisor: number;
let space: number;
let s: number;
let t: number;
let named: number;

beforeEach(() => {
  bench = new KernelBench();
  supervisor = bench.space();
  space = bench.space();
  [s, t] = [bench.thread(supervisor), bench.thread(space)];
  named = bench.grant(supervisor, Kind.space, space);
});

function superviseFaults(): number {
  const { row, slot } = bench.own(Kind.endpoint, supervisor);
  const badged = bench.grant(supervisor, Kind.endpoint, row, { badge: 66 });
  bench.make(s, "spaceBind", { a0: named, a1: Binding.fault, a2: badged });
  return slot;
}

describe("a fault", () => {
  it("without a supervisor ends the thread, with the reason in its space's exit code", () => {
    bench.run(t);
    faulted(bench.k, FaultReason.trap);
    bench.make(s, "objectGetState", { a0: named, a1: 0, a2: 64 });
    expect(bench.memories.wordsOf(supervisor)[2 + 9]).toBe(128 + FaultReason.trap);
    expect(bench.k.notices.map(({ notice }) => notice)).toEqual(["fault", "threadGone"]);
    verify(bench.look());
  });

  it("is a message to a supervisor that waits, and the thread ends when it is heard", () => {
    const hearing = superviseFaults();
    bench.make(s, "receive", { a0: hearing });
    bench.run(t);
    faulted(bench.k, FaultReason.stackOverflow);
    bench.settle();
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: faultLabel, badge: 66 });
    expect(bench.answer(s).words.slice(0, 2)).toEqual([FaultReason.stackOverflow, t]);
    expect(bench.k.notices.at(-1)).toMatchObject({ notice: "threadGone", thread: t });
    verify(bench.look());
  });

  it("waits for a supervisor that comes later", () => {
    const hearing = superviseFaults();
    bench.run(t);
    faulted(bench.k, FaultReason.trap);
    expect(bench.stateOf(t)).toBe("sending");
    bench.make(s, "receive", { a0: hearing });
    expect(bench.answer(s).label).toBe(faultLabel);
    bench.settle();
    verify(bench.look());
  });

  it("reaches an open receive behind a closed one", () => {
    const hearing = superviseFaults();
    const other = bench.thread(supervisor);
    bench.make(s, "receive", { a0: hearing, a3: 1234 });
    bench.make(other, "receive", { a0: hearing });
    bench.run(t);
    faulted(bench.k, FaultReason.trap);
    bench.settle();
    expect(bench.answer(other)).toMatchObject({ pending: undefined, label: faultLabel });
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it("whose supervisor goes away ends the thread", () => {
    const hearing = superviseFaults();
    bench.run(t);
    faulted(bench.k, FaultReason.trap);
    bench.make(s, "objectDestroy", { a0: hearing });
    bench.settle();
    expect(bench.k.notices.at(-1)).toMatchObject({ notice: "threadGone", thread: t });
    verify(bench.look());
  });
});

describe("the exit of the last thread", () => {
  it("signals what its maker bound to the space", () => {
    const { slot } = bench.own(Kind.notification, supervisor);
    bench.make(s, "spaceBind", { a0: named, a1: Binding.exit, a2: slot, a3: 8 });
    const second = bench.thread(space);
    bench.run(t);
    exited(bench.k, 3);
    bench.make(s, "notificationPoll", { a0: slot });
    expect(bench.answer(s).words[0]).toBe(0);
    bench.run(second);
    exited(bench.k, 4);
    bench.make(s, "notificationPoll", { a0: slot });
    expect(bench.answer(s).words[0]).toBe(8);
  });

  it("frees its row unless a capability names it", () => {
    const before = bench.liveCounts()[Kind.thread];
    const kept = bench.thread(space);
    bench.grant(supervisor, Kind.thread, kept, { slot: 90 });
    bench.run(t);
    exited(bench.k, 0);
    bench.run(kept);
    exited(bench.k, 0);
    expect(bench.liveCounts()[Kind.thread]).toBe(before);
    expect(bench.stateOf(kept)).toBe("exited");
    expect(bench.status(s, "objectDestroy", { a0: 90 })).toBe(Status.ok);
    expect(bench.liveCounts()[Kind.thread]).toBe(before - 1);
    verify(bench.look());
  });
});

describe("a device interrupt", () => {
  it("signals the driver's notification", () => {
    const { row, slot } = bench.own(Kind.notification, space);
    bench.make(t, "notificationWait", { a0: slot });
    interrupt(bench.k, row, 16);
    expect(bench.answer(t)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.answer(t).words[0]).toBe(16);
  });

  it("for a notification that is gone is nothing", () => {
    const { row, slot } = bench.own(Kind.notification, space);
    bench.make(t, "objectDestroy", { a0: slot });
    interrupt(bench.k, row, 16);
    verify(bench.look());
  });

  it("lets a driver of higher priority run at the next chance", () => {
    const driver = bench.thread(space, 30);
    const { row, slot } = bench.own(Kind.notification, space);
    bench.make(driver, "notificationWait", { a0: slot });
    bench.run(t);
    interrupt(bench.k, row, 1);
    expect(schedule(bench.k)).toBe(Next.switched);
    expect(bench.k.current).toBe(driver);
  });
});

describe("the end of a slice", () => {
  it("gives the next thread of the same priority its turn", () => {
    bench.run(t);
    tick(bench.k, bench.k.nowNs + 11_000_000);
    preempted(bench.k);
    expect(bench.k.current).toBe(s);
    expect(bench.stateOf(t)).toBe("ready");
  });

  it("that is not yet over changes nothing", () => {
    bench.run(t);
    expect(preempted(bench.k)).toBe(Next.resume);
    expect(bench.k.current).toBe(t);
  });
});

describe("the next tick", () => {
  it("is due at the earliest deadline of threads and timers", () => {
    expect(nextTickNs(bench.k)).toBe(Infinity);
    bench.make(t, "threadSleep", { receiveTimeout: 900 });
    const timer = bench.own(Kind.timer, supervisor).slot;
    const notification = bench.own(Kind.notification, supervisor).slot;
    bench.make(s, "timerSet", { a0: timer, a1: notification, a2: 1, words: [400] });
    expect(nextTickNs(bench.k)).toBe(400_000);
  });
});

it("a call that does not exist is refused", () => {
  bench.run(t);
  for (const number of [0, 47, -1, 1_000_000]) {
    bench.putCall(undefined, {});
    bench.k.registers[0] = number;
    enter(bench.k);
    expect(bench.answer(t).status).toBe(Status.badCall);
  }
});
