// Conformance of posting, yielding, wakes, and closing.
import { expect, it } from "vitest";
import { Wake } from "../../src/machine/machine.ts";
import { inWorld, type MakeWorld } from "./world.ts";

export function eventTests(make: MakeWorld): void {
  it("runs posted tasks in order and only after the call that posted them has returned", () =>
    inWorld(make, async ({ machine, until }) => {
      const ran: number[] = [];
      for (let task = 0; task < 100; task++) machine.post(() => ran.push(task));
      expect(ran).toEqual([]);
      await until(() => ran.length === 100);
      expect(ran).toEqual(Array.from({ length: 100 }, (_, index) => index));
    }));

  it("wakes the core after posted tasks, never before the first of them", () =>
    inWorld(make, async ({ machine, until }) => {
      const log: string[] = [];
      machine.onWake((reasons) => {
        if ((reasons & Wake.posted) !== 0) log.push("wake");
      });
      machine.post(() => log.push("task"));
      await until(() => log.includes("wake"));
      expect(log).toEqual(["task", "wake"]);
    }));

  it("delivers a timer and a ring that were due before a task was posted, before the task", () =>
    inWorld(make, async ({ machine, until }) => {
      const log: string[] = [];
      machine.onWake((reasons) => {
        if ((reasons & Wake.timer) !== 0) log.push("timer");
        if ((reasons & Wake.doorbell) !== 0) log.push("ring");
      });
      machine.setTimer(0);
      machine.ringDoorbell(machine.core);
      machine.post(() => log.push("task"));
      await until(() => log.includes("task"));
      expect(log.toSorted()).toEqual(["ring", "task", "timer"]);
      expect(log[2]).toBe("task");
    }));

  it("puts a task posted by a task behind those already posted", () =>
    inWorld(make, async ({ machine, until }) => {
      const ran: string[] = [];
      machine.post(() => {
        ran.push("first");
        machine.post(() => ran.push("posted by first"));
      });
      machine.post(() => ran.push("second"));
      await until(() => ran.length === 3);
      expect(ran).toEqual(["first", "second", "posted by first"]);
    }));

  it("answers a yield with one wake, after a ring that was there before it", () =>
    inWorld(make, async ({ machine, until }) => {
      const log: number[] = [];
      machine.onWake((reasons) => log.push(reasons));
      machine.ringDoorbell(machine.core);
      machine.yieldToEvents();
      expect(log).toEqual([]);
      await until(() => log.some((reasons) => (reasons & Wake.posted) !== 0));
      const rungAt = log.findIndex((reasons) => (reasons & Wake.doorbell) !== 0);
      const yieldedAt = log.findIndex((reasons) => (reasons & Wake.posted) !== 0);
      expect(rungAt).toBeGreaterThanOrEqual(0);
      expect(rungAt).toBeLessThanOrEqual(yieldedAt);
    }));

  it("never calls the handler from inside itself", () =>
    inWorld(make, async ({ machine, until }) => {
      let depth = 0;
      let wakes = 0;
      machine.onWake(() => {
        expect(++depth).toBe(1);
        if (++wakes < 20) {
          machine.setTimer(0);
          machine.ringDoorbell(machine.core);
          machine.yieldToEvents();
        }
        depth--;
      });
      machine.yieldToEvents();
      await until(() => wakes >= 20);
    }));

  it("keeps what became due before there was a handler", () =>
    inWorld(make, async ({ machine, until }) => {
      let ran = false;
      machine.setTimer(0);
      machine.ringDoorbell(machine.core);
      machine.post(() => {
        ran = true;
      });
      await until(() => ran);
      let heard = 0;
      machine.onWake((reasons) => {
        heard |= reasons;
      });
      await until(() => heard === (Wake.timer | Wake.doorbell | Wake.posted));
    }));

  it("calls nothing any more once closed", () =>
    inWorld(make, async (world) => {
      const { machine } = world;
      const log: string[] = [];
      machine.onWake(() => log.push("wake"));
      machine.setTimer(0);
      machine.ringDoorbell(machine.core);
      machine.post(() => log.push("task"));
      machine.close();
      machine.post(() => log.push("task after close"));
      machine.yieldToEvents();
      const witness = make();
      try {
        let left = 20;
        const turn = (): void => {
          if (--left > 0) witness.machine.post(turn);
        };
        turn();
        await witness.until(() => left === 0);
        await world.until(() => true);
      } finally {
        witness.machine.close();
        witness.close();
      }
      expect(log).toEqual([]);
    }));
}
