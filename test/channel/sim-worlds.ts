// The simulated carriers for the conformance suite: lines that a seed delays, and two simulated cores that share
// lines of their machine. Links are driven by the things that happen, one at a time.
import { expect } from "vitest";
import { Random } from "../../src/base/index.ts";
import { endLinkOf, type Link, machineCarrier } from "../../src/channel/index.ts";
import { type CoreEntry, type Machine, Wake } from "../../src/machine/machine.ts";
import { SimLinks, Simulation } from "../../src/machine/sim/index.ts";
import type { Shape, World } from "./world.ts";

const eventsMax = 100_000;

/** Drives links as a core's loop does: looks, and looks again, until there is nothing and the bell is set. */
function serve(link: Link): void {
  do {
    link.rise();
    while (link.turn(16) > 0);
    link.checkEnding();
  } while (!link.fallAsleep() && link.ending === undefined);
}

export function simWorld(shape: Shape, seed: number): World {
  const links = new SimLinks(new Random(seed, "links"));
  const [left, right] = links.pair(shape);
  let isRightLost = false;
  const untilEvents = (predicate: () => boolean): boolean => {
    for (let events = 0; !predicate(); events++) {
      if (events === eventsMax || !links.step()) return false;
    }
    return true;
  };
  return {
    left,
    right,
    drive: (link) => {
      link.carrier.onRing(() => {
        if (link.carrier === left || !isRightLost) serve(link);
      });
      serve(link);
    },
    until: async (predicate) => expect(untilEvents(predicate)).toBe(true),
    untilQuiet: async () => expect(untilEvents(() => false)).toBe(false),
    loseRight: () => {
      isRightLost = true;
      links.lose(right);
    },
    close: () => undefined,
  };
}

export async function simMachineWorld(shape: Shape, seed: number): Promise<World> {
  const simulation = new Simulation({ seed, coreCount: 2, spuriousOneIn: 10 });
  const machines: Machine[] = [simulation.machine];
  const entry: CoreEntry = { url: "", name: "", run: (machine) => void (machines[1] = machine) };
  const core = simulation.machine.startCore({ core: 1, entry, data: null });
  simulation.runUntil(() => machines.length === 2, eventsMax);
  const carriers = machines.map((machine) =>
    machineCarrier(machine, { ...shape, peer: 1 - machine.core, epoch: 1 }),
  );
  machines.forEach((machine, side) =>
    machine.onWake((reasons) => {
      if ((reasons & Wake.doorbell) !== 0) carriers[side].rung();
    }),
  );
  core.onExit(() => endLinkOf(simulation.machine, { ...shape, peer: 1, epoch: 1, core: 0 }));
  const until = (predicate: () => boolean) => simulation.runUntil(predicate, eventsMax);
  return {
    left: carriers[0],
    right: carriers[1],
    drive: (link: Link) => {
      link.carrier.onRing(() => serve(link));
      serve(link);
    },
    until: async (predicate) => expect(until(predicate)).toBe("reached"),
    // Cores that are woken for nothing now and then are never quiet for good.
    untilQuiet: async () => void simulation.runUntil(() => false, 200),
    loseRight: () => core.stop(),
    close: () => simulation.machine.close(),
  };
}
