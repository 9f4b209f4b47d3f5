// The simulator at the size of a CI run: hundreds of seeds, the kept ones, and every cell of the
// coverage table that can occur.
import { describe, expect, it } from "vitest";
import { Coverage } from "../../sim/coverage.ts";
import { compare } from "../../sim/differential.ts";
import { missingCells } from "../../sim/missing.ts";
import { run } from "../../sim/run.ts";
import { keptSeeds } from "../../sim/seeds.ts";

const seeds = 400;
const events = 2000;

describe("the simulator", () => {
  it.each(keptSeeds)("no longer finds with seed $seed that $found", ({ seed, events: needed }) => {
    expect(run({ seed, events: needed }).events).toBeGreaterThan(needed);
  });

  it(`passes seeds 1 to ${seeds} and reaches every cell that can occur`, () => {
    const coverage = new Coverage();
    for (let seed = 1; seed <= seeds; seed++) run({ seed, events, coverage });
    expect(missingCells(coverage)).toEqual([]);
  }, 600_000);

  it("finds no difference between the fast path and the slow one in 60 seeds", () => {
    for (let seed = 1001; seed <= 1060; seed++) compare(seed, events);
  }, 600_000);
});
