// The simulator passes the suite, under several seeds: each orders the same events differently.
import { expect } from "vitest";
import { Simulation } from "../../src/machine/sim/index.ts";
import { machineConformance } from "./machine.ts";
import type { World } from "./world.ts";

const eventsMax = 100_000;

function simWorld(seed: number): World {
  const simulation = new Simulation({ seed, coreCount: 3 });
  return {
    machine: simulation.machine,
    until: async (predicate) => {
      expect(simulation.runUntil(predicate, eventsMax)).toBe("reached");
    },
    close: () => {},
  };
}

for (const seed of [1, 2, 3, 20261120]) {
  machineConformance(`machine/sim, seed ${seed}`, () => simWorld(seed));
}
