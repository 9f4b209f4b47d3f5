// Refusals that all calls share, by a table that must name every call: what its first argument has to
// be, and which rights it needs.
import { beforeEach, describe, expect, it } from "vitest";
import {
  allRights,
  Kind,
  type KindName,
  Right,
  type RightName,
  Status,
  type SyscallName,
} from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { verify } from "../verify.ts";

interface Need {
  /** The kind that a0 must name; "any" kind; or "slot", a slot that need not name a live object. */
  readonly kind: KindName | "any" | "slot";
  readonly right?: RightName;
}

const needs: Readonly<Record<SyscallName, Need | "nothing">> = {
  objectCreate: "nothing",
  objectDestroy: { kind: "any", right: "control" },
  objectIdentify: { kind: "any" },
  objectGetState: { kind: "any", right: "read" },
  objectSetState: { kind: "any", right: "write" },
  capabilityMint: { kind: "any", right: "derive" },
  capabilityCopy: { kind: "any", right: "derive" },
  capabilityMove: { kind: "slot" },
  capabilityDelete: { kind: "slot" },
  capabilityRevoke: { kind: "any", right: "derive" },
  send: { kind: "endpoint", right: "send" },
  receive: { kind: "endpoint", right: "receive" },
  call: { kind: "endpoint", right: "send" },
  replyAndReceive: { kind: "endpoint", right: "receive" },
  reply: { kind: "reply", right: "send" },
  awaitReply: "nothing",
  saveReply: "nothing",
  threadResume: { kind: "thread", right: "control" },
  threadStop: { kind: "thread", right: "control" },
  threadInterrupt: { kind: "thread", right: "control" },
  threadSchedule: { kind: "thread", right: "control" },
  threadYield: "nothing",
  threadSleep: "nothing",
  threadExit: "nothing",
  notificationSignal: { kind: "notification", right: "send" },
  notificationWait: { kind: "notification", right: "receive" },
  notificationPoll: { kind: "notification", right: "receive" },
  mutexLock: { kind: "mutex", right: "receive" },
  mutexTryLock: { kind: "mutex", right: "receive" },
  mutexUnlock: { kind: "mutex", right: "send" },
  conditionWait: { kind: "condition", right: "receive" },
  conditionSignal: { kind: "condition", right: "send" },
  conditionBroadcast: { kind: "condition", right: "send" },
  futexWait: { kind: "futexQueue", right: "receive" },
  futexWake: { kind: "futexQueue", right: "send" },
  futexRequeue: { kind: "futexQueue", right: "send" },
  timerSet: { kind: "timer", right: "send" },
  timerCancel: { kind: "timer", right: "send" },
  regionRead: { kind: "region", right: "read" },
  regionWrite: { kind: "region", right: "write" },
  setAdd: { kind: "endpointSet", right: "control" },
  setRemove: { kind: "endpointSet", right: "control" },
  spaceBind: { kind: "space", right: "control" },
  memoryRead: { kind: "space", right: "read" },
  memoryWrite: { kind: "space", right: "write" },
  clockRead: "nothing",
};

const named = Object.entries(needs).flatMap(([name, need]) =>
  need === "nothing" ? [] : [[name as SyscallName, need] as const],
);

let bench: KernelBench;
let space: number;
let thread: number;

beforeEach(() => {
  bench = new KernelBench();
  space = bench.space();
  thread = bench.thread(space);
});

/** An object of a kind that nothing else knows. */
function objectOf(kind: KindName): number {
  if (kind === "space") return bench.space();
  if (kind === "thread") return bench.thread(space);
  return bench.object(Kind[kind], space, kind === "region" ? [64] : []);
}

/** A reply capability comes only from a call. */
function replySlot(rights: number): number {
  const { row, slot } = bench.own(Kind.endpoint, space);
  const outer = bench.grant(space, Kind.endpoint, row);
  const caller = bench.thread(space);
  bench.make(thread, "receive", { a0: slot });
  bench.make(caller, "call", { a0: outer });
  const saved = bench.freeSlot(space);
  const narrow = bench.freeSlot(space);
  bench.make(thread, "saveReply", { a0: saved });
  bench.make(thread, "capabilityMint", { a0: saved, a1: narrow, a2: rights });
  return narrow;
}

function slotFor(kind: Need["kind"], rights: number): number {
  if (kind === "reply") return replySlot(rights);
  const of = kind === "any" || kind === "slot" ? "mutex" : kind;
  return bench.grant(space, Kind[of], objectOf(of), { rights });
}

describe.each(named)("%s", (name, { kind, right }) => {
  it("refuses an empty slot, slots past the table and negative ones", () => {
    for (const a0 of [4000, 16_384, -1, 0x7fff_ffff]) {
      expect(bench.status(thread, name, { a0 })).toBe(Status.badCapability);
    }
  });

  it.skipIf(kind === "slot")("refuses a capability whose object is gone", () => {
    const slot = slotFor(
      kind,
      allRights & (kind === "reply" ? Right.send | Right.derive : allRights),
    );
    if (kind === "reply") bench.make(thread, "reply", { a0: slot });
    else {
      bench.make(thread, "capabilityCopy", { a0: slot, a1: 3000 });
      bench.make(thread, "objectDestroy", { a0: 3000 });
    }
    expect(bench.status(thread, name, { a0: slot })).toBe(Status.badCapability);
    verify(bench.look());
  });

  it.skipIf(kind === "any" || kind === "slot")("refuses an object of another kind", () => {
    const other = kind === "condition" ? "mutex" : "condition";
    const slot = bench.grant(space, Kind[other], objectOf(other));
    expect(bench.status(thread, name, { a0: slot })).toBe(Status.badCapability);
  });

  it.skipIf(right === undefined)(
    "refuses a capability with every right but the one it needs",
    () => {
      const all = kind === "reply" ? Right.derive | Right.control : allRights;
      const slot = slotFor(kind, all & ~Right[right!]);
      expect(bench.status(thread, name, { a0: slot })).toBe(Status.noRight);
    },
  );

  it.skipIf(right === undefined)("accepts one with just the right it needs", () => {
    const slot = slotFor(kind, Right[right!]);
    const args = { a0: slot, sendTimeout: 0, receiveTimeout: 0 };
    bench.make(thread, name, args);
    const { status } = bench.answer(thread);
    // A second argument may be refused; the first is not.
    const second = ["conditionWait", "timerSet", "setAdd", "setRemove"].includes(name);
    expect(status === Status.noRight).toBe(false);
    if (!second) expect(status).not.toBe(Status.badCapability);
  });
});
