// What the death of one program means for the others of its group.
import { describe, expect, it } from "vitest";
import type { GroupMode, ProgramEntry } from "./program-entry.ts";
import { type GroupMember, ProgramGroup } from "./program-group.ts";

function entryNamed(name: string, groupMode: GroupMode): ProgramEntry {
  return {
    name,
    words: [],
    directory: "/",
    env: {},
    level: "none",
    data: null,
    restart: "on-failure",
    restartLimit: 2,
    hangSeconds: 30,
    standsBy: false,
    group: "g",
    groupMode,
    isWanted: true,
    end: null,
  };
}

class Member implements GroupMember {
  readonly entry: ProgramEntry;
  readonly heard: string[] = [];

  constructor(name: string, mode: GroupMode) {
    this.entry = entryNamed(name, mode);
  }

  renew(): void {
    this.heard.push("renew");
  }

  giveUp(why: string): void {
    this.heard.push(why);
  }
}

function groupOf(mode: GroupMode) {
  const members = ["a", "b", "c"].map((name) => new Member(name, mode));
  const group = new ProgramGroup(members[0]!.entry);
  for (const member of members) group.add(member);
  return { group, members, heard: () => members.map(({ heard }) => heard) };
}

const death = {
  code: undefined,
  signal: "SIGKILL",
  said: undefined,
  hasServed: true,
  answered: 0,
};

describe("a group of programs", () => {
  it("that restarts one tells nobody of a death", () => {
    const { group, members, heard } = groupOf("one");
    group.died(members[0]!, 0);
    group.gaveUp(members[0]!);
    expect(heard()).toEqual([[], [], []]);
  });

  it("that restarts all has the others started again, and waits with all for the one that died", async () => {
    const { group, members, heard } = groupOf("all");
    group.died(members[1]!, 20);
    expect(heard()).toEqual([["renew"], [], ["renew"]]);
    let isOver = false;
    const over = group.paused.then(() => (isOver = true));
    await Promise.resolve();
    expect(isOver).toBe(false);
    await over;
  });

  it("that restarts all ends with the first of it that is given up", () => {
    const { group, members, heard } = groupOf("all");
    group.gaveUp(members[2]!);
    const why = "c, of the same group, was given up";
    expect(heard()).toEqual([[why], [why], []]);
  });

  it.each([
    ["one", [true, true, true]],
    ["all", [true, true, false]],
  ] as const)("that restarts %s counts deaths of its members: %j", (mode, decisions) => {
    const { group, members } = groupOf(mode);
    const decided = members.map(({ entry }, i) => group.policyFor(entry).decide(death, i).restart);
    expect(decided).toEqual(decisions);
  });
});
