// Clans and chiefs: who hears a message that crosses the border of a clan.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, Next, Register, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { PortalForm } from "../object/endpoint.ts";
import { Binding } from "../syscall/memory-calls.ts";
import { verify } from "../verify.ts";

const redirectSlot = 77;

let bench: KernelBench;
let chief: number;
let member: number;
let sister: number;
let outsider: number;
let c: number;
let m: number;
let o: number;
/** Where the chief hears of what crosses the border. */
let hearing: { row: number; slot: number };

beforeEach(() => {
  bench = new KernelBench();
  [chief, member, sister, outsider] = [1, 2, 3, 4].map(() => bench.space());
  [c, m, o] = [bench.thread(chief), bench.thread(member), bench.thread(outsider)];
  hearing = bench.own(Kind.endpoint, chief);
  for (const space of [member, sister]) {
    const slot = bench.grant(chief, Kind.space, space);
    const badged = bench.grant(chief, Kind.endpoint, hearing.row, { badge: 500 + space });
    bench.make(c, "spaceBind", { a0: slot, a1: Binding.chief, a2: badged });
  }
  const own = bench.grant(chief, Kind.space, chief);
  bench.make(c, "spaceBind", { a0: own, a1: Binding.redirectSlot, a2: redirectSlot });
});

/** An endpoint of one space, named in another. */
function between(space: number, user: number): { row: number; inner: number; outer: number } {
  const { row, slot } = bench.own(Kind.endpoint, space);
  return { row, inner: slot, outer: bench.grant(user, Kind.endpoint, row, { badge: 9 }) };
}

describe("a message", () => {
  it("within a clan goes straight to its endpoint", () => {
    const { inner, outer } = between(sister, member);
    const s = bench.thread(sister);
    bench.make(s, "receive", { a0: inner });
    expect(bench.status(m, "send", { a0: outer, label: 1 })).toBe(Status.ok);
    expect(bench.answer(s)).toMatchObject({ label: 1, badge: 9 });
  });

  it("between two spaces without a clan goes straight to its endpoint", () => {
    const { inner, outer } = between(chief, outsider);
    bench.make(c, "receive", { a0: inner });
    bench.make(o, "send", { a0: outer, label: 2 });
    expect(bench.answer(c)).toMatchObject({ label: 2, badge: 9 });
  });

  it.each(["out of", "into"])("%s a clan goes to its chief, who is shown both parties", (way) => {
    const isOut = way === "out of";
    const [from, to] = isOut ? [member, outsider] : [outsider, member];
    const { outer } = between(to, from);
    bench.make(c, "receive", { a0: hearing.slot });
    bench.make(isOut ? m : o, "send", { a0: outer, label: 3 });
    expect(bench.answer(c)).toMatchObject({
      label: 3,
      badge: 500 + member,
      a1: from,
      a2: to,
      a3: 9,
    });
  });

  it("that waited for its chief shows both parties as well", () => {
    const { outer } = between(outsider, member);
    bench.make(m, "send", { a0: outer, label: 3 });
    expect(bench.stateOf(m)).toBe("sending");
    bench.make(c, "receive", { a0: hearing.slot });
    expect(bench.answer(c)).toMatchObject({ label: 3, a1: member, a2: outsider, a3: 9 });
    expect(bench.answer(m).status).toBe(Status.ok);
  });

  it("whose capability was deleted while it waited shows the chief its sender alone", () => {
    const { outer } = between(outsider, member);
    const other = bench.thread(member);
    bench.make(m, "send", { a0: outer, label: 3 });
    bench.make(other, "capabilityDelete", { a0: outer });
    bench.make(c, "receive", { a0: hearing.slot });
    expect(bench.answer(c)).toMatchObject({ label: 3, a1: member, a2: 0, a3: 0 });
  });

  it("can be passed on by the chief, through the capability it is shown", () => {
    const { inner, outer } = between(outsider, member);
    bench.make(o, "receive", { a0: inner });
    bench.make(c, "receive", { a0: hearing.slot });
    bench.make(m, "send", { a0: outer, label: 3 });
    expect(bench.status(c, "send", { a0: redirectSlot, label: 33 })).toBe(Status.ok);
    expect(bench.answer(o)).toMatchObject({ label: 33, badge: 9 });
    verify(bench.look());
  });

  it("is shown anew each time, and the last capability shown is forgotten", () => {
    const first = between(outsider, member);
    const second = between(outsider, member);
    for (const { outer } of [first, second]) {
      bench.make(m, "send", { a0: outer });
      bench.make(c, "receive", { a0: hearing.slot });
    }
    bench.make(c, "objectIdentify", { a0: redirectSlot });
    expect(bench.answer(c).words[1]).toBe(second.row);
  });

  it("between a member and its own chief is direct, both ways", () => {
    const up = between(chief, member);
    const down = between(member, chief);
    bench.make(c, "receive", { a0: up.inner });
    bench.make(m, "send", { a0: up.outer, label: 1 });
    expect(bench.answer(c)).toMatchObject({ label: 1, badge: 9 });
    bench.make(m, "receive", { a0: down.inner });
    bench.make(c, "send", { a0: down.outer, label: 2 });
    expect(bench.answer(m)).toMatchObject({ label: 2, badge: 9 });
  });

  it("goes nowhere when the chief is gone", () => {
    const { outer } = between(outsider, member);
    const inward = between(member, outsider);
    bench.make(c, "objectDestroy", { a0: hearing.slot });
    expect(bench.status(m, "send", { a0: outer })).toBe(Status.partnerGone);
    expect(bench.status(o, "send", { a0: inward.outer })).toBe(Status.partnerGone);
  });

  it("carries no capabilities across the border but through the chief's hands", () => {
    const { outer } = between(outsider, member);
    bench.make(c, "receive", { a0: hearing.slot });
    expect(bench.status(m, "send", { a0: outer, label: 1 })).toBe(Status.ok);
    bench.make(c, "objectIdentify", { a0: redirectSlot });
    expect(bench.answer(c).status).toBe(Status.ok);
  });
});

describe("a call across the border", () => {
  it("is answered by the chief, as if by the one it was meant for", () => {
    const { outer } = between(outsider, member);
    bench.make(c, "receive", { a0: hearing.slot });
    bench.make(m, "call", { a0: outer, label: 1 });
    bench.make(c, "reply", { label: 44 });
    expect(bench.answer(m)).toMatchObject({ pending: undefined, label: 44 });
  });

  it("to an outsider's portal goes to the chief, and does not enter it", () => {
    const { row } = bench.own(Kind.endpoint, outsider, [PortalForm.portal, 4]);
    const door = bench.grant(member, Kind.endpoint, row, { badge: 9 });
    bench.make(c, "receive", { a0: hearing.slot });
    expect(bench.make(m, "call", { a0: door, label: 5 })).toBe(Next.switched);
    expect(bench.answer(c)).toMatchObject({ label: 5, a1: member, a2: outsider, a3: 9 });
  });

  it("to an outsider that waits to receive goes to the chief all the same", () => {
    const { inner, outer } = between(outsider, member);
    bench.make(o, "receive", { a0: inner });
    bench.make(c, "receive", { a0: hearing.slot });
    bench.make(m, "call", { a0: outer, label: 6 });
    expect(bench.answer(c)).toMatchObject({ label: 6, a1: member });
    expect(bench.stateOf(o)).toBe("receiving");
  });

  it("enters the portal of a chief that has one, who sees both parties", () => {
    const portal = bench.own(Kind.endpoint, chief, [PortalForm.portal, 3]);
    const slot = bench.grant(chief, Kind.space, member);
    bench.make(c, "spaceBind", { a0: slot, a1: Binding.chief, a2: portal.slot });
    const { outer } = between(outsider, member);
    expect(bench.make(m, "call", { a0: outer, label: 5 })).toBe(Next.portal);
    const { registers } = bench.k;
    expect([registers[Register.a1], registers[Register.a2], registers[Register.a3]]).toEqual([
      member,
      outsider,
      9,
    ]);
    bench.portalReturns({ label: 6 });
    expect(bench.answer(m).label).toBe(6);
  });
});

it("a space made by a member is in the member's clan", () => {
  bench.make(m, "objectCreate", { a0: 200, a1: Kind.space });
  bench.make(m, "objectIdentify", { a0: 200 });
  const child = bench.answer(m).words[1];
  bench.memories.give(child, 4096);
  const { outer } = between(outsider, child);
  const t = bench.thread(child);
  bench.make(c, "receive", { a0: hearing.slot });
  bench.make(t, "send", { a0: outer, label: 8 });
  expect(bench.answer(c)).toMatchObject({ label: 8, a1: child, a2: outsider });
});
