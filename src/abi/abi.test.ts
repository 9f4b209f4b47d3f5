// The numbers and layouts of the ABI: each its own, without gaps, and named both ways.
import { describe, expect, it } from "vitest";
import {
  Kind,
  kindCount,
  kindName,
  type KindName,
  Register,
  registerCount,
  stateHeaderWords,
  stateLayouts,
  stateWord,
  stateWords,
  Status,
  statusName,
  Syscall,
  syscallCount,
  syscallFacts,
  syscallName,
} from "./index.ts";

const kinds = Object.keys(stateLayouts) as KindName[];

describe("numbers of the ABI", () => {
  it("give each kernel call a number of its own, from 1 without gaps", () => {
    const numbers = Object.values(Syscall).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: syscallCount - 1 }, (_, i) => i + 1));
  });

  it("lead from a call's number to its name", () => {
    expect(syscallName(Syscall.mutexLock)).toBe("mutexLock");
    expect([syscallName(0), syscallName(syscallCount), syscallName(-1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("give each register, status and kind a number of its own", () => {
    for (const table of [Register, Status, Kind]) {
      const numbers = Object.values(table);
      expect(new Set(numbers).size).toBe(numbers.length);
    }
    expect(Object.keys(Register)).toHaveLength(registerCount);
    expect(Object.keys(Kind)).toHaveLength(kindCount);
  });

  it("name a status that does not exist by its number", () => {
    expect([statusName(Status.noRight), statusName(1234)]).toEqual(["noRight", "status1234"]);
    expect(kindName(200)).toBe("kind200");
  });
});

describe("the facts of the calls", () => {
  it("name a stage for each call that may wait, and none for one that ends at once", () => {
    for (const [name, { class: kind, stages }] of Object.entries(syscallFacts)) {
      const mayStop = kind === "multi-stage";
      if (mayStop) expect(stages.length, name).toBeGreaterThan(0);
      if (kind === "trivial" || kind === "short") expect(stages, name).toEqual([]);
    }
  });
});

describe("state layouts", () => {
  it.each(kinds)("of a %s place its fields without gaps or overlaps", (kind) => {
    let word = stateHeaderWords;
    for (const { name, words } of stateLayouts[kind]) {
      expect(stateWord(kind, name)).toBe(word);
      word += words;
    }
    expect(stateWords(kind)).toBe(word);
  });

  it("refuse a field that they do not have", () => {
    expect(() => stateWord("mutex", "colour")).toThrow(RangeError);
  });
});
