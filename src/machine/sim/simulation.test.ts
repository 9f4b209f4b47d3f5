// What only the simulator promises: that the seed decides everything, that one step is one event, and
// what becomes of failures and crashes.
import { describe, expect, it } from "vitest";
import { Wake, type Machine } from "../machine.ts";
import { SimDisk } from "./disk.ts";
import { Simulation } from "./simulation.ts";

const entryUrl = "test:entry";

/** Three cores that ring each other and set timers as their entropy says; answers what they saw. */
function logOfRun(seed: number, events: number): string[] {
  const log: string[] = [];
  const simulation = new Simulation({ seed, coreCount: 3, spuriousOneIn: 20 });
  const run = (machine: Machine): void => {
    machine.onWake((reasons) => {
      const bytes = new Uint8Array(2);
      machine.entropy(bytes);
      log.push(`${machine.core} ${reasons} ${machine.nowNs()} ${bytes.join(" ")}`);
      machine.setTimer(machine.nowNs() + bytes[0] * 100);
      if (bytes[1] < 128) machine.ringDoorbell(bytes[1] % 3);
      else machine.yieldToEvents();
    });
    machine.yieldToEvents();
  };
  run(simulation.machine);
  for (const core of [1, 2]) {
    simulation.machine.startCore({ core, entry: { url: entryUrl, name: "run", run }, data: null });
  }
  expect(simulation.runUntil(() => false, events)).toBe("limit");
  return log;
}

describe("simulation", () => {
  it("repeats a run of three cores exactly, and differs with another seed", () => {
    const log = logOfRun(5, 2000);
    expect(log.length).toBeGreaterThan(1000);
    expect(logOfRun(5, 2000)).toEqual(log);
    expect(logOfRun(6, 2000)).not.toEqual(log);
  });

  it("draws entropy that the seed decides and that scheduling does not disturb", () => {
    const drawAfter = (seed: number, events: number): number[] => {
      const simulation = new Simulation({ seed });
      for (let event = 0; event < events; event++) {
        simulation.machine.yieldToEvents();
        simulation.step();
      }
      const bytes = new Uint8Array(16);
      simulation.machine.entropy(bytes);
      return [...bytes];
    };
    expect(drawAfter(9, 0)).toEqual(drawAfter(9, 50));
    expect(drawAfter(9, 0)).not.toEqual(drawAfter(10, 0));
  });

  it("tries both orders of two independent events, given seeds enough", () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const simulation = new Simulation({ seed });
      const log: number[] = [];
      simulation.machine.onWake((reasons) => log.push(reasons));
      simulation.machine.setTimer(0);
      simulation.machine.ringDoorbell(0);
      simulation.runUntil(() => log.length === 2, 10);
      orders.add(log.join());
    }
    expect([...orders].toSorted()).toEqual(["1,2", "2,1"]);
  });

  it("jumps to the next deadline when nothing is due, and says when nothing ever will be", () => {
    const simulation = new Simulation({ seed: 1 });
    const hourNs = 3600e9;
    const fired: number[] = [];
    simulation.machine.onWake(() => fired.push(simulation.nowNs));
    simulation.machine.setTimer(hourNs);
    expect(simulation.step()).toBe(true);
    expect(fired).toEqual([hourNs]);
    expect(simulation.step()).toBe(false);
    expect(simulation.runUntil(() => false, 10)).toBe("idle");
    expect(simulation.eventCount).toBe(1);
  });

  it("makes a timer due by letting time pass", () => {
    const simulation = new Simulation({ seed: 1 });
    simulation.machine.setTimer(500);
    simulation.advance(499);
    expect(simulation.machine.nowNs()).toBe(499);
    simulation.advance(1);
    let reasons = 0;
    simulation.machine.onWake((told) => {
      reasons |= told;
    });
    simulation.step();
    expect(reasons).toBe(Wake.timer);
  });

  it("throws out of a step what core 0 throws, and what another core throws unheard", () => {
    const simulation = new Simulation({ seed: 1, coreCount: 2 });
    simulation.machine.post(() => {
      throw new RangeError("from core 0");
    });
    expect(() => simulation.step()).toThrow("from core 0");
    const run = (): void => {
      throw new RangeError("from core 1");
    };
    const entry = { url: entryUrl, name: "run", run };
    simulation.machine.startCore({ core: 1, entry, data: null });
    expect(() => simulation.step()).toThrow("from core 1");
  });

  it("runs nothing after a crash, and hands the disk to the next simulation", () => {
    const disk = new SimDisk();
    const first = new Simulation({ seed: 1, disk });
    first.machine.store.append("log", new Uint8Array([1, 2, 3]));
    first.machine.store.flush("log");
    first.machine.setTimer(0);
    first.crash();
    expect(first.step()).toBe(false);
    const second = new Simulation({ seed: 2, disk });
    expect(second.machine.store.size("log")).toBe(3);
  });
});
