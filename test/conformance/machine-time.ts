// Conformance of the clocks and the timer.
import { expect, it } from "vitest";
import { Wake } from "../../src/machine/machine.ts";
import { inWorld, type MakeWorld, type World } from "./world.ts";

const microsecondNs = 1000;
const millisecondNs = 1_000_000;

export function timeTests(make: MakeWorld): void {
  it("counts whole nanoseconds from the machine's start and never goes back", () =>
    inWorld(make, async ({ machine, until }) => {
      const readings: number[] = [];
      const read = (): void => {
        readings.push(machine.nowNs());
        if (readings.length < 1000) machine.post(read);
      };
      read();
      await until(() => readings.length === 1000);
      expect(readings.every((ns) => Number.isSafeInteger(ns) && ns >= 0)).toBe(true);
      expect(readings).toEqual(readings.toSorted((left, right) => left - right));
      expect(readings[999]).toBeGreaterThan(readings[0]);
    }));

  it("moves the wall clock by what the monotonic clock moves", () =>
    inWorld(make, async ({ machine, until }) => {
      const before = { now: machine.nowNs(), real: machine.realtimeNs() };
      const hasPassed = (): boolean => machine.nowNs() > before.now + 20 * millisecondNs;
      // Something has to happen for virtual time to pass.
      const turn = (): void => {
        if (!hasPassed()) machine.post(turn);
      };
      machine.post(turn);
      await until(hasPassed);
      const movedNs = Number(machine.realtimeNs() - before.real);
      const errorNs = Math.abs(movedNs - (machine.nowNs() - before.now));
      expect(errorNs).toBeLessThan(10 * millisecondNs);
    }));

  for (const delayNs of [0, 50 * microsecondNs, 700 * microsecondNs, 3.3 * millisecondNs]) {
    it(`fires a timer of ${delayNs / microsecondNs} us once, and not early`, () =>
      inWorld(make, async (world) => {
        const fired = recordTimers(world);
        const deadlineNs = world.machine.nowNs() + delayNs;
        world.machine.setTimer(deadlineNs);
        expect(fired).toEqual([]);
        await world.until(() => fired.length > 0);
        await turns(world, 50);
        expect(fired).toHaveLength(1);
        expect(fired[0]).toBeGreaterThanOrEqual(deadlineNs);
      }));
  }

  it("fires for a deadline between two whole nanoseconds and for one long past", () =>
    inWorld(make, async (world) => {
      const fired = recordTimers(world);
      const deadlineNs = world.machine.nowNs() + 10.5 * microsecondNs + 0.5;
      world.machine.setTimer(deadlineNs);
      await world.until(() => fired.length === 1);
      expect(fired[0]).toBeGreaterThanOrEqual(deadlineNs);
      world.machine.setTimer(-5);
      await world.until(() => fired.length === 2);
    }));

  it("forgets the earlier deadline when a later or a sooner one is set", () =>
    inWorld(make, async (world) => {
      const fired = recordTimers(world);
      const { machine } = world;
      const startNs = machine.nowNs();
      machine.setTimer(startNs + 2 * millisecondNs);
      machine.setTimer(startNs + 8 * millisecondNs);
      await world.until(() => fired.length === 1);
      expect(fired[0]).toBeGreaterThanOrEqual(startNs + 8 * millisecondNs);

      machine.setTimer(machine.nowNs() + 3600e9);
      machine.setTimer(machine.nowNs() + millisecondNs);
      await world.until(() => fired.length === 2);
    }));

  it("does not fire a timer that was disarmed, even one already due", () =>
    inWorld(make, async (world) => {
      const fired = recordTimers(world);
      world.machine.setTimer(0);
      world.machine.setTimer(Infinity);
      await turns(world, 50);
      expect(fired).toEqual([]);
    }));

  it("lets the handler of a timer set the next one", () =>
    inWorld(make, async ({ machine, until }) => {
      const fired: number[] = [];
      machine.onWake((reasons) => {
        if ((reasons & Wake.timer) === 0) return;
        fired.push(machine.nowNs());
        machine.setTimer(machine.nowNs() + 100 * microsecondNs);
      });
      machine.setTimer(0);
      await until(() => fired.length === 10);
      const gaps = fired.slice(1).map((ns, index) => ns - fired[index]);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100 * microsecondNs);
    }));
}

/** When each timer fired. */
function recordTimers({ machine }: World): number[] {
  const fired: number[] = [];
  machine.onWake((reasons) => {
    if ((reasons & Wake.timer) !== 0) fired.push(machine.nowNs());
  });
  return fired;
}

/** Lets the event loop turn so many times. */
async function turns({ machine, until }: World, count: number): Promise<void> {
  let left = count;
  const turn = (): void => {
    if (--left > 0) machine.post(turn);
  };
  machine.post(turn);
  await until(() => left === 0);
}
