// A long copy that stops half-way: what becomes of it when a party goes, is stopped, runs out of time,
// or loses what it was made through. Neither party has begun, or both are done.
import { beforeEach, describe, expect, it } from "vitest";
import { copyStepBytes, Kind, Next, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import {
  fillPattern,
  type LongMessage,
  putDescriptor,
} from "../../../test/support/long-message.ts";
import { Preemption } from "../kernel.ts";
import { verify } from "../verify.ts";

const memoryBytes = 262_144;
const at = 512;

let bench: KernelBench;
let server: number;
let client: number;
let s: number;
let a: number;
let operator: number;
let inner: number;
let outer: number;
let endpoint: number;

beforeEach(() => {
  bench = new KernelBench({ preemption: Preemption.full });
  server = bench.space(memoryBytes);
  client = bench.space(memoryBytes);
  const made = bench.own(Kind.endpoint, server);
  endpoint = made.row;
  inner = made.slot;
  outer = bench.grant(client, Kind.endpoint, endpoint, { badge: 7 });
  [s, a] = [bench.thread(server), bench.thread(client)];
  operator = bench.thread(client);
});

const message = (long: LongMessage) => putDescriptor(bench, client, at, long);
const room = (long: LongMessage) => putDescriptor(bench, server, at, long);

describe("a copy that stops half-way", () => {
  const bytes = copyStepBytes * 4;

  /** Leaves the copy after its first step. The acting party is the one that comes last. */
  function stopHalfWay(last: "sender" | "receiver"): void {
    bench.eventPending[0] = 1;
    fillPattern(bench, client, [65_536, bytes]);
    const a1 = message({ direct: [65_536, bytes] });
    const a2 = room({ direct: [65_536, bytes] });
    if (last === "sender") bench.make(s, "receive", { a0: inner, a2 });
    const sent = bench.make(a, "send", { a0: outer, a1 });
    const next = last === "sender" ? sent : bench.make(s, "receive", { a0: inner, a2 });
    expect(next).toBe(Next.again);
    expect(bench.memories.copiedBytes).toBe(copyStepBytes);
    verify(bench.look());
  }

  function named(thread: number): number {
    return bench.grant(client, Kind.thread, thread);
  }

  const sides = ["sender", "receiver"] as const;

  it.each(sides)("goes on where it stopped, each byte copied once (%s last)", (last) => {
    stopHalfWay(last);
    bench.goOn();
    expect(bench.memories.copiedBytes).toBe(bytes);
    expect(bench.answer(s)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.ok });
  });

  it.each(sides)("and whose sender dies leaves the receiver waiting (%s last)", (last) => {
    stopHalfWay(last);
    bench.make(operator, "objectDestroy", { a0: named(a) });
    bench.settle();
    expect(bench.stateOf(s)).toBe("receiving");
    verify(bench.look());
  });

  it.each(sides)("and whose receiver dies leaves the sender waiting (%s last)", (last) => {
    stopHalfWay(last);
    bench.make(operator, "objectDestroy", { a0: named(s) });
    bench.run(operator);
    expect(bench.stateOf(a)).toBe("sending");
    verify(bench.look());
  });

  it.each(sides)("and whose endpoint dies leaves nobody bound (%s last)", (last) => {
    stopHalfWay(last);
    const slot = bench.grant(client, Kind.endpoint, endpoint);
    bench.make(operator, "objectDestroy", { a0: slot });
    bench.settle();
    bench.run(operator);
    expect([bench.answer(a), bench.answer(s)].map(({ pending }) => pending)).toEqual([
      undefined,
      undefined,
    ]);
    expect(bench.answer(a).status).not.toBe(Status.ok);
    expect(bench.answer(s).status).not.toBe(Status.ok);
    verify(bench.look());
  });

  it("and whose sender loses its capability refuses it, and the receiver waits again", () => {
    stopHalfWay("sender");
    bench.make(operator, "capabilityDelete", { a0: outer });
    bench.run(operator);
    expect(bench.answer(a).status).toBe(Status.badCapability);
    expect(bench.stateOf(s)).toBe("receiving");
    verify(bench.look());
  });

  it("and whose waiting party is interrupted ends for that one alone", () => {
    stopHalfWay("sender");
    expect(bench.status(operator, "threadInterrupt", { a0: named(s) })).toBe(Status.ok);
    bench.run(operator);
    expect(bench.answer(s).status).toBe(Status.interrupted);
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("does not hide its receiver from another sender when its own sender goes", () => {
    stopHalfWay("sender");
    const other = bench.thread(client);
    // The other finds nobody free and waits; then the first is stopped, and the receiver is free.
    bench.make(operator, "threadStop", { a0: named(a) });
    bench.make(other, "send", { a0: outer, label: 3 });
    bench.settle();
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: 3 });
  });

  it("meets the sender that came meanwhile when its own sender is stopped", () => {
    stopHalfWay("sender");
    const other = bench.thread(client);
    bench.run(other);
    bench.putCall("send", { a0: outer, label: 3 });
    // The copy goes on by one step, and stops again.
    bench.enterCurrent();
    expect(bench.stateOf(other)).toBe("sending");
    bench.makeAs(operator, "threadStop", { a0: named(a) });
    bench.settle();
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: 3 });
    verify(bench.look());
  });

  it("keeps its receiver from a caller that comes meanwhile", () => {
    stopHalfWay("sender");
    const other = bench.thread(client);
    bench.makeAs(other, "call", { a0: outer, label: 3 });
    expect(bench.stateOf(other)).toBe("sending");
    verify(bench.look());
    bench.run(a);
    bench.goOn();
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: 0, badge: 7 });
    expect(bench.answer(a).status).toBe(Status.ok);
    verify(bench.look());
  });

  it("copies anew what a program changes under it, and never trusts it", () => {
    stopHalfWay("sender");
    message({ direct: [memoryBytes - 4, 4096] });
    bench.goOn();
    bench.settle();
    expect(bench.answer(a).status).toBe(Status.badAddress);
    expect(bench.stateOf(s)).toBe("receiving");
    verify(bench.look());
  });
});

describe("an answer that stops half-way", () => {
  const bytes = copyStepBytes * 4;
  let helper: number;

  /** `a` has called, and `s` has its message; both have long buffers. */
  function called(receiveTimeout = -1): void {
    bench.eventPending[0] = 1;
    helper = bench.thread(server);
    putDescriptor(bench, server, 1024, { direct: [65_536, bytes] });
    const a2 = putDescriptor(bench, client, 1024, { direct: [65_536, bytes] });
    bench.make(s, "receive", { a0: inner });
    bench.make(a, "call", { a0: outer, a2, receiveTimeout });
  }

  function answerHalfWay(a0 = 0): void {
    expect(bench.make(s, "reply", { a0, a1: 1024, label: 5 })).toBe(Next.again);
    expect(bench.memories.copiedBytes).toBe(copyStepBytes);
    verify(bench.look());
  }

  function named(space: number, thread: number): number {
    return bench.grant(space, Kind.thread, thread);
  }

  it("goes on, each byte copied once", () => {
    called();
    answerHalfWay();
    bench.goOn();
    expect(bench.memories.copiedBytes).toBe(bytes);
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.ok, label: 5 });
  });

  it("and whose caller dies has nobody to go to", () => {
    called();
    answerHalfWay();
    bench.make(operator, "objectDestroy", { a0: named(client, a) });
    bench.settle();
    expect(bench.answer(s).status).toBe(Status.noReply);
    verify(bench.look());
  });

  it("and whose caller runs out of time has nobody to go to", () => {
    called(1000);
    answerHalfWay();
    bench.pass(1000);
    bench.goOn();
    expect(bench.answer(a).status).toBe(Status.timeout);
    expect(bench.answer(s).status).toBe(Status.noReply);
    verify(bench.look());
  });

  it("and whose server dies tells the caller so", () => {
    called();
    answerHalfWay();
    bench.make(helper, "objectDestroy", { a0: named(server, s) });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
    verify(bench.look());
  });

  it("and whose capability is deleted tells the caller so, and refuses the server", () => {
    called();
    bench.make(s, "saveReply", { a0: 90 });
    answerHalfWay(90);
    bench.make(helper, "capabilityDelete", { a0: 90 });
    bench.settle();
    expect(bench.answer(a).status).toBe(Status.partnerGone);
    expect(bench.answer(s).status).toBe(Status.badCapability);
    verify(bench.look());
  });

  it("and whose caller is stopped waits until the caller runs again", () => {
    called();
    answerHalfWay();
    const slot = named(client, a);
    bench.make(operator, "threadStop", { a0: slot });
    bench.settle();
    expect(bench.stateOf(s)).toBe("replying");
    bench.makeAs(operator, "threadResume", { a0: slot });
    bench.settle();
    bench.goOn();
    expect(bench.answer(s).status).toBe(Status.ok);
    expect(bench.answer(a)).toMatchObject({ pending: undefined, label: 5 });
  });

  describe("when the caller takes it from a server that waits", () => {
    beforeEach(() => {
      called();
      const slot = bench.grant(client, Kind.thread, a, { slot: 60 });
      bench.make(operator, "threadStop", { a0: slot });
      bench.makeCurrent("objectGetState", { a0: slot, a1: 0, a2: 64, a3: 70 });
      bench.make(s, "reply", { a1: 1024, label: 5, sendTimeout: 9000 });
      expect(bench.stateOf(s)).toBe("replying");
      bench.makeAs(operator, "threadResume", { a0: slot });
      bench.settle();
      expect(bench.stateOf(s)).toBe("transferring");
      verify(bench.look());
    });

    it("comes whole, each byte copied once", () => {
      bench.goOn();
      expect(bench.memories.copiedBytes).toBe(bytes);
      expect(bench.answer(a)).toMatchObject({ pending: undefined, label: 5 });
      expect(bench.answer(s)).toMatchObject({ pending: undefined, status: Status.ok });
    });

    it("and the caller is stopped again, it still waits", () => {
      bench.makeAs(operator, "threadStop", { a0: 60 });
      expect(bench.stateOf(s)).toBe("replying");
      verify(bench.look());
    });

    it("and its server runs out of time, the server may answer once more", () => {
      bench.pass(9000);
      expect(bench.answer(s).status).toBe(Status.timeout);
      bench.goOn();
      bench.settle();
      expect(bench.stateOf(a)).toBe("awaitingReply");
      verify(bench.look());
      expect(bench.status(s, "reply", { label: 6 })).toBe(Status.ok);
      expect(bench.answer(a).label).toBe(6);
    });

    it("and its server dies, the caller learns it", () => {
      bench.makeAs(helper, "objectDestroy", { a0: named(server, s) });
      // The state that was taken out names the answer, too, until its holder lets go of it.
      bench.makeAs(operator, "capabilityDelete", { a0: 70 });
      bench.settle();
      expect(bench.answer(a).status).toBe(Status.partnerGone);
      verify(bench.look());
    });

    it("and the caller dies, the server learns it", () => {
      bench.makeAs(operator, "objectDestroy", { a0: 60 });
      bench.makeAs(operator, "capabilityDelete", { a0: 70 });
      expect(bench.answer(s).status).toBe(Status.partnerGone);
      verify(bench.look());
    });
  });
});
