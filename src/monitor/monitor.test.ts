// What a monitor answers its own core, and what it says to others, seen from one turn at a time. What it promises in
// every order of turns is in sim/monitor.
import { describe, expect, it } from "vitest";
import { enterView, receive, request, type Said } from "./monitor.ts";
import { ProtocolError } from "./protocol.ts";
import type { Begun } from "./request.ts";
import { type MonitorState, newMonitor } from "./state.ts";

/** A core that owns an object, with the names of the object and of its branch. */
function owning(): { core: MonitorState; object: number; name: number } {
  const core = newMonitor(0, [0, 1, 2]);
  request(core, { kind: "create", survives: false, rights: 3 });
  const { object, name } = core.branches[0]!;
  return { core, object, name };
}

function give(core: MonitorState, name: number, to: number, isMove = false): Begun {
  return request(core, { kind: "give", name, to, rights: 1, isMove }).begun;
}

function callOf(begun: Begun): number {
  if ("refused" in begun) throw new Error(`refused: ${begun.refused}`);
  return begun.call;
}

function kindsOf({ sent }: Said): string[] {
  return sent.map(({ to, message }) => `${message.kind} to ${to}`);
}

describe("a request is refused", () => {
  it("for what is not held here", () => {
    const { core } = owning();
    expect(give(core, 99, 1)).toEqual({ refused: "noBranch" });
    expect(request(core, { kind: "revoke", name: 99 }).begun).toEqual({ refused: "noBranch" });
  });

  it("for rights that the capability lacks", () => {
    const { core, name } = owning();
    const asked = { kind: "give", name, to: 1, rights: 5, isMove: false } as const;
    expect(request(core, asked).begun).toEqual({ refused: "noRight" });
  });

  it("for a core that is no member, or this one", () => {
    const { core, name, object } = owning();
    expect(give(core, name, 7)).toEqual({ refused: "noMember" });
    expect(give(core, name, 0)).toEqual({ refused: "noMember" });
    expect(request(core, { kind: "rehome", object, to: 7 }).begun).toEqual({ refused: "noMember" });
  });

  it("for a move of what others were derived from", () => {
    const { core, name } = owning();
    callOf(give(core, name, 1));
    expect(give(core, name, 2, true)).toEqual({ refused: "hasDerived" });
  });

  it("for a core that has just joined, until everybody knows of it", () => {
    const { core, name } = owning();
    enterView(core, 2, [0, 1, 2, 3]);
    expect(give(core, name, 3)).toEqual({ refused: "busy" });
    for (const from of [1, 2, 3]) receive(core, from, { kind: "flushed", view: 2 });
    expect(give(core, name, 3)).toHaveProperty("call");
  });

  it("for an object that is moving", () => {
    const { core, name, object } = owning();
    request(core, { kind: "rehome", object, to: 1 });
    expect(give(core, name, 1)).toEqual({ refused: "busy" });
  });
});

describe("a capability that is given", () => {
  it("leaves an anchor before anybody answers", () => {
    const { core, name } = owning();
    const call = callOf(give(core, name, 1));
    expect(core.anchors.find((anchor) => anchor.name === call)).toMatchObject({
      to: 1,
      under: name,
    });
  });

  it("goes back to its holder if the receiver has no room", () => {
    const { core, name } = owning();
    const call = callOf(give(core, name, 1, true));
    expect(core.branches[0]!.isHeld).toBe(false);
    const { told } = receive(core, 1, { kind: "refused", name: call, why: "full" });
    expect(told).toEqual([{ kind: "answer", call, outcome: "full" }]);
    expect(core.branches[0]!.isHeld).toBe(true);
    expect(core.anchors.some((anchor) => anchor.name === call)).toBe(false);
  });

  it("is lost to its giver if the receiver dies", () => {
    const { core, name } = owning();
    const call = callOf(give(core, name, 2));
    const { told } = enterView(core, 2, [0, 1]);
    expect(told).toContainEqual({ kind: "answer", call, outcome: "lost" });
  });
});

describe("a revoke", () => {
  it("is over at once if nothing of it ever left this core", () => {
    const { core, name } = owning();
    const said = request(core, { kind: "revoke", name });
    expect(said.sent).toEqual([]);
    expect(said.told).toEqual([{ kind: "answer", call: callOf(said.begun), outcome: "ok" }]);
  });

  it("is answered when everybody is ready, and not before", () => {
    const { core, name } = owning();
    const given = callOf(give(core, name, 1));
    receive(core, 1, { kind: "accepted", name: given });
    const said = request(core, { kind: "revoke", name });
    const call = callOf(said.begun);
    expect(kindsOf(said)).toEqual(["mark to 1", "mark to 2"]);
    expect(receive(core, 2, { kind: "ready", name: call, epoch: 0 })).toEqual({
      sent: [],
      told: [],
    });
    const last = receive(core, 1, { kind: "ready", name: call, epoch: 0 });
    expect(kindsOf(last)).toEqual(["commit to 1", "commit to 2"]);
    expect(last.told).toContainEqual({ kind: "answer", call, outcome: "ok" });
  });
});

describe("a monitor", () => {
  it("ends an object with its last name", () => {
    const { core, name, object } = owning();
    const { told } = request(core, { kind: "drop", name });
    expect(told).toEqual([{ kind: "unnamed", object }]);
    expect(core.records).toEqual([]);
  });

  it("stops at an answer to what was never offered", () => {
    const { core } = owning();
    expect(() => receive(core, 1, { kind: "accepted", name: 5 })).toThrow(ProtocolError);
  });

  it("refuses a view in which a newcomer has a lower number than a member", () => {
    const core = newMonitor(1, [1, 2]);
    expect(() => enterView(core, 2, [0, 1, 2])).toThrow("higher number");
  });
});
