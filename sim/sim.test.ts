// The simulator, quickly: a few seeds, the differential, and every planted defect found. The CI-size
// run is in `test/sim/`.
import { describe, expect, it } from "vitest";
import { defects } from "./defect/defects.ts";
import { findDefect } from "./defect/find.ts";
import { compare } from "./differential.ts";
import { run } from "./run.ts";

const quickSeeds = 12;
const quickEvents = 1000;

describe("a simulated kernel", () => {
  it(`keeps its promises through seeds 1 to ${quickSeeds}`, () => {
    for (let seed = 1; seed <= quickSeeds; seed++) {
      expect(run({ seed, events: quickEvents }).ipcCount).toBeGreaterThan(0);
    }
  });

  it("does the same again for the same seed", () => {
    const lines: string[][] = [[], []];
    for (const trace of lines) run({ seed: 7, events: 600, trace: (line) => trace.push(line) });
    expect(lines[0].length).toBeGreaterThan(600);
    expect(lines[0]).toEqual(lines[1]);
  });

  it("does the same with and without the fast path", () => {
    for (let seed = 1; seed <= 4; seed++) compare(seed, quickEvents);
  });

  it("keeps its promises without lazy queues and without direct switch", () => {
    for (let seed = 21; seed <= 24; seed++) {
      run({ seed, events: quickEvents, techniques: { lazyQueues: false } });
      run({ seed, events: quickEvents, techniques: { directSwitch: false } });
    }
  });
});

describe("a planted defect", () => {
  it.each(defects.map((defect) => [defect.place, defect.name, defect] as const))(
    "in %s is found: %s",
    (_place, _name, defect) => {
      const failure = findDefect(defect, { firstSeed: 1, seeds: 40, events: 1500 });
      expect(failure?.message).toMatch(/^seed \d+, event \d+: /);
    },
    60_000,
  );
});
