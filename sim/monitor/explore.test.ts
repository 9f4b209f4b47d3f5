// The promises of the monitors: every small case explored whole, and a few random ones.
// test/monitor/ plants mistakes, to see that they would be noticed.
import { describe, expect, it } from "vitest";
import { protocols } from "../../src/monitor/index.ts";
import { cases, worldOf } from "./cases.ts";
import { explore } from "./explore.ts";
import { runSeed, usualOptions } from "./random-run.ts";
import { keptSeeds } from "./seeds.ts";
import { Physics } from "./world.ts";

describe("in every order, and wherever a core fails", () => {
  it.each(cases)("$about", (example) => {
    const physics = new Physics(protocols);
    const { failure, isComplete, states, quiet } = explore(worldOf(example, physics), physics);
    expect(failure).toBeUndefined();
    expect(isComplete).toBe(true);
    expect(states).toBeGreaterThan(quiet);
  });
});

describe("in random runs of larger cases", () => {
  it("nothing is lost, forged or left over, from seeds 1 to 60", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const run = runSeed(seed, usualOptions, protocols);
      expect(run, `seed ${seed}`).not.toHaveProperty("failure");
    }
  });

  it.each(keptSeeds)("seed $seed, which found: $found", ({ seed, options }) => {
    expect(runSeed(seed, options, protocols)).not.toHaveProperty("failure");
  });

  it("the same seed is the same run", () => {
    const [first, second] = [0, 1].map(() => runSeed(7, usualOptions, protocols));
    expect(first).toEqual(second);
    expect(first!.actions).toBeGreaterThan(20);
  });
});
