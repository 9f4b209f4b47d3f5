// What interleaved rounds promise: fair turns, honest work, and a name for the work done.
import { describe, expect, it } from "vitest";
import { hashLines, runRounds, type Subject, WrongWorkError } from "./rounds.ts";

const quiet = { warmupRounds: 1, log: () => {} };

function recorder(turns: string[], name: string, extra: Partial<Subject> = {}): Subject {
  const run = () => {
    turns.push(name);
    return 7;
  };
  return { name, operations: 10, expected: 7, run, ...extra };
}

describe("interleaved rounds", () => {
  it("every subject runs once in each round and none is always first", async () => {
    const turns: string[] = [];
    const subjects = ["a", "b", "c"].map((name) => recorder(turns, name));
    await runRounds(subjects, { ...quiet, rounds: 5 });
    const rounds = [0, 1, 2, 3, 4, 5].map((round) => turns.slice(round * 3, round * 3 + 3));
    for (const round of rounds) expect(round.toSorted()).toEqual(["a", "b", "c"]);
    expect(new Set(rounds.map((round) => round[0]))).toEqual(new Set(["a", "b", "c"]));
  });

  it("warm-up rounds run and leave no sample", async () => {
    const turns: string[] = [];
    const result = await runRounds([recorder(turns, "a")], {
      warmupRounds: 3,
      rounds: 4,
      log: () => {},
    });
    expect(turns).toHaveLength(7);
    expect(result.spreadNs.get("a")?.count).toBe(4);
  });

  it("a subject that returns another checksum ends the benchmark", async () => {
    const cheat = recorder([], "cheat", { run: () => 8 });
    await expect(runRounds([cheat], { ...quiet, rounds: 1 })).rejects.toThrow(WrongWorkError);
  });

  it("a subject that suspends is timed until it is done", async () => {
    const run = () => new Promise<number>((resolve) => setImmediate(() => resolve(7)));
    const slow = recorder([], "slow", { operations: 1, run });
    const result = await runRounds([slow], { ...quiet, rounds: 3 });
    expect(result.spreadNs.get("slow")?.median).toBeGreaterThan(100);
  });

  it("two subjects of one name are refused, since one would hide the other", async () => {
    const subjects = [recorder([], "a"), recorder([], "a")];
    await expect(runRounds(subjects, { ...quiet, rounds: 1 })).rejects.toThrow(RangeError);
  });

  it("the hash of the work changes with the work and not with its order", () => {
    const work = [
      ["portal", 100, 42],
      ["receiver", 10, 7],
    ];
    expect(hashLines(work.toReversed())).toBe(hashLines(work));
    expect(hashLines([["portal", 100, 43], work[1]])).not.toBe(hashLines(work));
  });
});
