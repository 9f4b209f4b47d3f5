// What a hostile program tries on IPC: to change what a call names while it is half done, to spoil
// buffers, and to answer those who are gone. The kernel neither stops nor delivers to another.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, Next, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { putDescriptor } from "../../../test/support/long-message.ts";
import { portalDetached } from "../event.ts";
import { Preemption } from "../kernel.ts";
import { PortalForm } from "../object/endpoint.ts";
import { Binding } from "../syscall/memory-calls.ts";
import { verify } from "../verify.ts";

const memoryBytes = 262_144;
const longBytes = 65_536;
const at = 512;
const portal = [PortalForm.portal, 1];

let bench: KernelBench;
let server: number;
let client: number;
/** A thread of the server, and two of the client, which share its slots. */
let s: number;
let a: number;
let other: number;
let endpoint: number;
let inner: number;
let outer: number;

beforeEach(() => {
  bench = new KernelBench({ preemption: Preemption.full, limits: { threads: 3000, spaces: 200 } });
  [server, client] = [bench.space(memoryBytes), bench.space(memoryBytes)];
  ({ row: endpoint, slot: inner } = bench.own(Kind.endpoint, server));
  outer = bench.grant(client, Kind.endpoint, endpoint, { badge: 7 });
  [s, a, other] = [bench.thread(server), bench.thread(client), bench.thread(client)];
});

function longMessage(space: number, address = longBytes, where = at): number {
  return putDescriptor(bench, space, where, { direct: [address, longBytes] });
}

/** Makes a call whose long copy stops after its first step. */
function stopHalfWay(make: () => Next): void {
  bench.eventPending[0] = 1;
  expect(make()).toBe(Next.again);
  bench.eventPending[0] = 0;
}

/** Another thread of the space puts a capability where a call that is half done looks for one. */
function swap(thread: number, slot: number, from: number): void {
  bench.makeAs(thread, "capabilityMove", { a0: slot, a1: 200 });
  bench.makeAs(thread, "capabilityMove", { a0: from, a1: slot });
  expect(bench.answer(thread).status).toBe(Status.ok);
}

function finishAll(): void {
  bench.settle();
  verify(bench.look());
}

describe("a long copy that stops half-way", () => {
  function sendHalf(): void {
    bench.make(s, "receive", { a0: inner, a2: longMessage(server) });
    const a1 = longMessage(client);
    stopHalfWay(() => bench.make(a, "send", { a0: outer, a1 }));
  }

  it("does not end at its receiver when the slot names another endpoint meanwhile", () => {
    const mine = bench.object(Kind.endpoint, client);
    const forged = bench.grant(client, Kind.endpoint, mine, { badge: 777 });
    sendHalf();
    swap(other, outer, forged);
    finishAll();
    expect(bench.stateOf(s)).toBe("receiving");
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("does not enter a portal that the slot names meanwhile with a partner still held", () => {
    const door = bench.grant(client, Kind.endpoint, bench.object(Kind.endpoint, server, portal));
    sendHalf();
    swap(other, outer, door);
    finishAll();
    expect(bench.answer(a).status).toBe(Status.wrongState);
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it("does not take a sender whose endpoint has left the set meanwhile", () => {
    const set = bench.own(Kind.endpointSet, server);
    const helper = bench.thread(server);
    bench.make(s, "setAdd", { a0: set.slot, a1: inner });
    bench.make(a, "send", { a0: outer, a1: longMessage(client) });
    const a2 = longMessage(server);
    stopHalfWay(() => bench.make(s, "receive", { a0: set.slot, a2 }));
    bench.makeAs(helper, "setRemove", { a0: set.slot, a1: inner });
    finishAll();
    expect(bench.stateOf(s)).toBe("receiving");
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("gives an answer whole to whom the slot names in the end, and to nobody else", () => {
    const helper = bench.thread(server);
    const [saved, second] = [bench.freeSlot(server), bench.freeSlot(server)];
    for (const [caller, slot] of [
      [a, saved],
      [other, second],
    ] as const) {
      bench.make(s, "receive", { a0: inner });
      const buffers = longMessage(client, caller * 8192 + longBytes, caller * 1024);
      bench.make(caller, "call", { a0: outer, a2: buffers });
      bench.make(s, "saveReply", { a0: slot });
    }
    bench.memories.bytes(server).fill(0x41, longBytes, longBytes * 2);
    const a1 = longMessage(server);
    stopHalfWay(() => bench.make(s, "reply", { a0: saved, a1 }));
    swap(helper, saved, second);
    finishAll();
    expect(bench.stateOf(a)).toBe("awaitingReply");
    expect(bench.answer(other)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.memories.bytes(client)[other * 8192 + longBytes]).toBe(0x41);
  });
});

it("a call that says nonsense about its answer's time is refused before it is sent", () => {
  bench.make(s, "receive", { a0: inner });
  expect(bench.status(a, "call", { a0: outer, receiveTimeout: -5 })).toBe(Status.badArgument);
  expect(bench.stateOf(s)).toBe("receiving");
});

it("a thousand receivers that spoiled their buffers are passed over, letting events in", () => {
  const a2 = longMessage(server);
  for (let i = 0; i < 1000; i++) bench.make(bench.thread(server), "receive", { a0: inner, a2 });
  bench.memories.wordsOf(server)[at / 4] = -1;
  stopHalfWay(() => bench.make(a, "send", { a0: outer, sendTimeout: 0 }));
  bench.goOn();
  expect(bench.answer(a).status).toBe(Status.timeout);
});

describe("a portal whose space has ended", () => {
  let inside: number;
  let base: number;
  let sent: number;
  let live: number[];

  /** The client calls `inside`, which calls the portal of its maker, which destroys it. */
  beforeEach(() => {
    live = bench.liveCounts();
    base = bench.space(memoryBytes);
    inside = bench.object(Kind.space, base);
    bench.memories.give(inside, memoryBytes);
    const first = bench.object(Kind.endpoint, inside, portal);
    const mine = bench.object(Kind.endpoint, base, portal);
    sent = bench.grant(base, Kind.endpoint, mine);
    const door = bench.grant(client, Kind.endpoint, first);
    const further = bench.grant(inside, Kind.endpoint, mine);
    const named = bench.grant(base, Kind.space, inside);
    expect(bench.make(a, "call", { a0: door })).toBe(Next.portal);
    const a2 = putDescriptor(bench, inside, at, { capabilities: [50] });
    expect(bench.makeCurrent("call", { a0: further, a2 })).toBe(Next.portal);
    bench.makeCurrent("objectDestroy", { a0: named });
    verify(bench.look());
  });

  it("gets no capability with its answer", () => {
    bench.portalReturns({ a1: putDescriptor(bench, base, at, { capabilities: [sent] }) });
    verify(bench.look());
    bench.portalReturns();
    verify(bench.look());
    expect(bench.answer(a).status).toBe(Status.partnerGone);
  });

  it("ends when it is detached, and its space with it", () => {
    bench.portalReturns();
    portalDetached(bench.k);
    bench.settle();
    verify(bench.look());
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.partnerGone });
    expect(bench.liveCounts()[Kind.space]).toBe(live[Kind.space]! + 1);
  });
});

it("a portal that returns lets go of the mutexes it locked", () => {
  const door = bench.grant(client, Kind.endpoint, bench.object(Kind.endpoint, server, portal));
  const mutex = bench.own(Kind.mutex, server);
  bench.make(a, "call", { a0: door });
  bench.makeCurrent("mutexLock", { a0: mutex.slot });
  bench.portalReturns();
  expect(bench.status(s, "mutexTryLock", { a0: mutex.slot })).toBe(Status.ownerDied);
});

describe("a clan", () => {
  function bindChief(member: number, chief: number, form: readonly number[] = []): number {
    const operator = bench.space();
    const o = bench.thread(operator);
    const hearing = bench.object(Kind.endpoint, chief, form);
    const a2 = bench.grant(operator, Kind.endpoint, hearing);
    const bind = { a0: bench.grant(operator, Kind.space, member), a1: Binding.chief, a2 };
    expect(bench.status(o, "spaceBind", bind)).toBe(Status.ok);
    const a0 = bench.grant(operator, Kind.space, chief);
    bench.make(o, "spaceBind", { a0, a1: Binding.redirectSlot, a2: 77 });
    return a0;
  }

  it("does not reach a stranger who got the row of its dead chief", () => {
    const chief = bench.space();
    bindChief(client, chief);
    const o = bench.thread(server);
    bench.make(o, "objectDestroy", { a0: bench.grant(server, Kind.space, chief) });
    const stranger = bench.space();
    expect(stranger).toBe(chief);
    const door = bench.grant(client, Kind.endpoint, bench.object(Kind.endpoint, stranger));
    expect(bench.status(a, "send", { a0: door, sendTimeout: 0 })).toBe(Status.partnerGone);
  });

  it("has its portal chief given the destination", () => {
    const chief = bench.space();
    bindChief(client, chief, portal);
    expect(bench.make(a, "call", { a0: outer })).toBe(Next.portal);
    expect(bench.makeCurrent("objectIdentify", { a0: 77 })).toBe(Next.resume);
    expect(bench.answer(bench.k.current).words.slice(0, 2)).toEqual([Kind.endpoint, endpoint]);
  });

  it("has its chief told when the destination could not be shown", () => {
    const chief = bench.space();
    bindChief(client, chief, portal);
    bench.grant(chief, Kind.endpoint, bench.object(Kind.endpoint, chief), { slot: 77 });
    bench.make(a, "call", { a0: outer });
    expect(bench.answer(bench.k.current)).toMatchObject({ a1: client, a2: 0 });
    verify(bench.look());
  });
});
