// The five things done to capabilities, and what they can never do.
import { beforeEach, describe, expect, it } from "vitest";
import { allRights, Kind, Right, slotsPerSpace, Status } from "../abi/index.ts";
import { KernelBench } from "../../test/support/kernel-bench.ts";
import { verify } from "./verify.ts";

let bench: KernelBench;
let space: number;
let thread: number;
let slot: number;
let row: number;

beforeEach(() => {
  bench = new KernelBench();
  space = bench.space();
  thread = bench.thread(space);
  ({ row, slot } = bench.own(Kind.endpoint, space));
});

function mint(from: number, to: number, rights = 0, badge = 0): number {
  return bench.status(thread, "capabilityMint", { a0: from, a1: to, a2: rights, a3: badge });
}

function identify(at: number): { status: number; words: readonly number[] } {
  bench.make(thread, "objectIdentify", { a0: at });
  return bench.answer(thread);
}

describe("mint", () => {
  it("gives the rights asked for, and no others", () => {
    expect(mint(slot, 50, Right.send | Right.derive)).toBe(Status.ok);
    expect(identify(50).words[3]).toBe(Right.send | Right.derive);
  });

  it("gives all rights of the original when none are named", () => {
    mint(slot, 50);
    expect(identify(50).words[3]).toBe(allRights);
  });

  it("never gives a right that the original lacks", () => {
    mint(slot, 50, Right.send | Right.derive);
    expect(mint(50, 51, Right.send | Right.receive)).toBe(Status.noRight);
    expect(identify(51).status).toBe(Status.badCapability);
  });

  it("refuses bits that are no rights", () => {
    expect(mint(slot, 50, 256)).toBe(Status.badArgument);
    expect(mint(slot, 50, -1)).toBe(Status.badArgument);
  });

  it("needs the right to derive", () => {
    mint(slot, 50, Right.send);
    expect(mint(50, 51, Right.send)).toBe(Status.noRight);
  });

  it("sets a badge once: a badged capability keeps its badge", () => {
    mint(slot, 50, 0, 7);
    expect(mint(50, 51, 0, 8)).toBe(Status.noRight);
    expect(mint(50, 51)).toBe(Status.ok);
    expect(identify(51).words[4]).toBe(7);
  });

  it("refuses an empty slot, a slot taken, slot 0 and a slot past the table", () => {
    expect(mint(999, 50)).toBe(Status.badCapability);
    expect(mint(slot, slot)).toBe(Status.slotOccupied);
    expect(mint(slot, 0)).toBe(Status.badArgument);
    expect(mint(slot, slotsPerSpace)).toBe(Status.badArgument);
    expect(mint(-5, 50)).toBe(Status.badCapability);
  });
});

describe("copy and move", () => {
  it("copy with rights and badge as they are", () => {
    mint(slot, 50, Right.send | Right.derive, 3);
    expect(bench.status(thread, "capabilityCopy", { a0: 50, a1: 51 })).toBe(Status.ok);
    expect(identify(51).words.slice(3, 5)).toEqual([Right.send | Right.derive, 3]);
  });

  it("leave nothing behind after a move", () => {
    expect(bench.status(thread, "capabilityMove", { a0: slot, a1: 400 })).toBe(Status.ok);
    expect(identify(slot).status).toBe(Status.badCapability);
    expect(identify(400).words[1]).toBe(row);
  });

  it("keep a moved capability's children revocable through it", () => {
    mint(slot, 50);
    bench.make(thread, "capabilityMove", { a0: slot, a1: 400 });
    expect(bench.status(thread, "capabilityRevoke", { a0: 400 })).toBe(Status.ok);
    expect(identify(50).status).toBe(Status.badCapability);
    verify(bench.look());
  });

  it("keep a moved capability revocable through its parent", () => {
    mint(slot, 50);
    bench.make(thread, "capabilityMove", { a0: 50, a1: 400 });
    bench.make(thread, "capabilityRevoke", { a0: slot });
    expect(identify(400).status).toBe(Status.badCapability);
  });

  it("refuse a move to a slot that is taken, even its own", () => {
    expect(bench.status(thread, "capabilityMove", { a0: slot, a1: slot })).toBe(
      Status.slotOccupied,
    );
    expect(bench.status(thread, "capabilityMove", { a0: 77, a1: 78 })).toBe(Status.badCapability);
  });
});

describe("delete", () => {
  it("leaves children to the parent, who can still revoke them", () => {
    mint(slot, 50);
    mint(50, 51);
    bench.make(thread, "capabilityDelete", { a0: 50 });
    expect(identify(51).status).toBe(Status.ok);
    bench.make(thread, "capabilityRevoke", { a0: slot });
    expect(identify(51).status).toBe(Status.badCapability);
  });

  it("ends an object with its last name", () => {
    const before = bench.liveCounts()[Kind.endpoint];
    mint(slot, 50);
    bench.make(thread, "capabilityDelete", { a0: slot });
    expect(bench.liveCounts()[Kind.endpoint]).toBe(before);
    bench.make(thread, "capabilityDelete", { a0: 50 });
    expect(bench.liveCounts()[Kind.endpoint]).toBe(before - 1);
  });

  it("does not end a thread or a space with its last name", () => {
    const other = bench.thread(space);
    const named = bench.grant(space, Kind.thread, other);
    bench.make(thread, "capabilityDelete", { a0: named });
    expect(bench.stateOf(other)).toBe("ready");
  });

  it("empties a slot whose object is gone", () => {
    mint(slot, 50);
    bench.make(thread, "objectDestroy", { a0: slot });
    expect(identify(50).status).toBe(Status.badCapability);
    expect(mint(50, 60)).toBe(Status.badCapability);
    expect(bench.status(thread, "capabilityDelete", { a0: 50 })).toBe(Status.ok);
    expect(bench.status(thread, "capabilityDelete", { a0: 50 })).toBe(Status.badCapability);
  });

  it("keeps an object alive for a capability of another space", () => {
    const other = bench.space();
    bench.grant(other, Kind.endpoint, row);
    const before = bench.liveCounts()[Kind.endpoint];
    bench.make(thread, "capabilityDelete", { a0: slot });
    expect(bench.liveCounts()[Kind.endpoint]).toBe(before);
  });
});

describe("revoke", () => {
  it("deletes every descendant, however deep, and stays itself", () => {
    for (let i = 0; i < 100; i++) mint(i === 0 ? slot : 99 + i, 100 + i);
    expect(bench.status(thread, "capabilityRevoke", { a0: slot })).toBe(Status.ok);
    for (let i = 0; i < 100; i++) expect(identify(100 + i).status).toBe(Status.badCapability);
    expect(identify(slot).status).toBe(Status.ok);
    verify(bench.look());
  });

  it("spares siblings and the parent", () => {
    mint(slot, 50);
    mint(slot, 51);
    mint(50, 52);
    bench.make(thread, "capabilityRevoke", { a0: 50 });
    expect([50, 51, 52].map((at) => identify(at).status)).toEqual([
      Status.ok,
      Status.ok,
      Status.badCapability,
    ]);
  });

  it("needs the right to derive", () => {
    mint(slot, 50, Right.send);
    expect(bench.status(thread, "capabilityRevoke", { a0: 50 })).toBe(Status.noRight);
  });
});

describe("limits", () => {
  it("of a space's slots refuse the capability past the last", () => {
    bench.make(thread, "objectCreate", { a0: 60, a1: Kind.space, words: [0, 2] });
    const small = identify(60).words[1];
    bench.memories.give(small, 4096);
    const inner = bench.thread(small);
    const owned = bench.grant(small, Kind.endpoint, row);
    expect(bench.status(inner, "capabilityCopy", { a0: owned, a1: 20 })).toBe(Status.ok);
    expect(bench.status(inner, "capabilityCopy", { a0: owned, a1: 21 })).toBe(Status.outOfObjects);
  });

  it("of the kernel's pages refuse a capability, and change nothing", () => {
    const tight = new KernelBench({ limits: { capabilityPages: 1 } });
    const home = tight.space();
    const { slot: at } = tight.own(Kind.endpoint, home);
    const one = tight.thread(home);
    expect(tight.status(one, "capabilityCopy", { a0: at, a1: 256 })).toBe(Status.outOfObjects);
    expect(tight.status(one, "capabilityCopy", { a0: at, a1: 255 })).toBe(Status.ok);
  });
});

describe("a stale name", () => {
  it("is refused when its row has a new object", () => {
    const copy = bench.grant(space, Kind.endpoint, row);
    bench.make(thread, "objectDestroy", { a0: slot });
    bench.make(thread, "objectCreate", { a0: 90, a1: Kind.endpoint });
    expect(identify(90).words[1]).toBe(row);
    expect(identify(copy).status).toBe(Status.badCapability);
    expect(bench.status(thread, "send", { a0: copy })).toBe(Status.badCapability);
  });
});
