// The simulator, quickly: a few seeds, the same twice, the differential. The CI-size run and the
// planted defects are in `test/sim/`.
import { describe, expect, it } from "vitest";
import { compare } from "./differential.ts";
import { run } from "./run.ts";

describe("a simulated kernel", () => {
  it("keeps its promises through seeds 1 to 3", () => {
    for (let seed = 1; seed <= 3; seed++) {
      expect(run({ seed, events: 400 }).ipcCount).toBeGreaterThan(0);
    }
  });

  it("does the same again for the same seed", () => {
    const lines: string[][] = [[], []];
    for (const trace of lines) run({ seed: 7, events: 200, trace: (line) => trace.push(line) });
    expect(lines[0].length).toBeGreaterThan(200);
    expect(lines[0]).toEqual(lines[1]);
  });

  it("does the same with and without the fast path", () => {
    expect(() => compare(5, 400)).not.toThrow();
  });

  it("keeps its promises without lazy queues and without direct switch", () => {
    const lazy = run({ seed: 21, events: 400, techniques: { lazyQueues: false } });
    const direct = run({ seed: 21, events: 400, techniques: { directSwitch: false } });
    expect([lazy.ipcCount > 0, direct.ipcCount > 0]).toEqual([true, true]);
  });
});
