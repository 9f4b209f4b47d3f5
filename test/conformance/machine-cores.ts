// Conformance of starting, ringing and ending other cores.
import { expect, it } from "vitest";
import { Wake, type CoreExit, type PlainData } from "../../src/machine/machine.ts";
import { reportOf, Word } from "./core-entries.ts";
import { entryNamed, inWorld, type MakeWorld, type World } from "./world.ts";

export function coreTests(make: MakeWorld): void {
  it("runs the entry on the core that was named, with a copy of the data", () =>
    inWorld(make, async ({ machine, until }) => {
      const bytes = new Uint8Array([1, 2, 3]);
      const report = reportOf(machine, 2);
      machine.startCore({ core: 2, entry: entryNamed("sumBytes"), data: bytes });
      bytes.fill(100);
      expect(Atomics.load(report, Word.started)).toBe(0);
      await until(() => Atomics.load(report, Word.started) === 1);
      expect([report[Word.number], report[Word.sum]]).toEqual([2, 6]);
      expect([...bytes]).toEqual([100, 100, 100]);
    }));

  it("wakes the core whose bell was rung, and no other", () =>
    inWorld(make, async (world) => {
      const [one, two] = [await start(world, 1, "countRings"), await start(world, 2, "countRings")];
      for (let ring = 1; ring <= 5; ring++) {
        world.machine.ringDoorbell(2);
        await world.until(() => Atomics.load(two, Word.rings) >= ring);
      }
      expect(Atomics.load(two, Word.rings)).toBe(5);
      expect(Atomics.load(one, Word.rings)).toBe(0);
    }));

  it("carries rings from any core to any other, back to the first", () =>
    inWorld(make, async (world) => {
      await start(world, 1, "passOn", 2);
      await start(world, 2, "passOn", 0);
      let returned = 0;
      world.machine.onWake((reasons) => {
        if ((reasons & Wake.doorbell) !== 0 && ++returned < 20) world.machine.ringDoorbell(1);
      });
      world.machine.ringDoorbell(1);
      await world.until(() => returned === 20);
    }));

  it("tells a core of a ring that came before the core did", () =>
    inWorld(make, async ({ machine, until }) => {
      const report = reportOf(machine, 1);
      machine.ringDoorbell(1);
      machine.startCore({ core: 1, entry: entryNamed("countRings"), data: null });
      await until(() => Atomics.load(report, Word.rings) === 1);
    }));

  it("stops a core, tells once, and can start the same core again", () =>
    inWorld(make, async ({ machine, until }) => {
      const report = reportOf(machine, 1);
      for (let life = 1; life <= 2; life++) {
        const exits: CoreExit[] = [];
        const core = machine.startCore({ core: 1, entry: entryNamed("countRings"), data: null });
        core.onExit((exit) => exits.push(exit));
        await until(() => Atomics.load(report, Word.started) === life);
        core.stop();
        core.stop();
        expect(exits).toEqual([]);
        await until(() => exits.length > 0);
        expect(exits).toEqual([{ kind: "stopped" }]);
        machine.ringDoorbell(1);
      }
      expect(Atomics.load(report, Word.started)).toBe(2);
    }));

  it("rings a core that was started again after others had known the first", () =>
    inWorld(make, async (world) => {
      const { machine, until } = world;
      await start(world, 1, "passOn", 2);
      const exits: CoreExit[] = [];
      const first = machine.startCore({ core: 2, entry: entryNamed("countRings"), data: null });
      first.onExit((exit) => exits.push(exit));
      const two = reportOf(machine, 2);
      await until(() => Atomics.load(two, Word.started) === 1);
      first.stop();
      await until(() => exits.length === 1);
      machine.startCore({ core: 2, entry: entryNamed("countRings"), data: null });
      await until(() => Atomics.load(two, Word.started) === 2);
      const heard = Atomics.load(two, Word.rings);
      machine.ringDoorbell(1);
      await until(() => Atomics.load(two, Word.rings) > heard);
    }));

  it("tells of a core that failed, with what it threw", () =>
    inWorld(make, async (world) => {
      const { machine, until } = world;
      const exits: CoreExit[] = [];
      const core = machine.startCore({ core: 1, entry: entryNamed("failWhenRung"), data: null });
      core.onExit((exit) => exits.push(exit));
      await until(() => Atomics.load(reportOf(machine, 1), Word.started) === 1);
      machine.ringDoorbell(1);
      await until(() => exits.length === 1);
      expect(failureOf(exits[0])).toBe("rung once too often");

      const other = machine.startCore({ core: 2, entry: entryNamed("failAtOnce"), data: null });
      other.onExit((exit) => exits.push(exit));
      await until(() => exits.length === 2);
      expect(failureOf(exits[1])).toBe("no core today");
    }));

  it("refuses to start a running core, core 0, or one there is no room for", () =>
    inWorld(make, async (world) => {
      await start(world, 1, "countRings");
      const entry = entryNamed("countRings");
      const starting = (core: number) => () => world.machine.startCore({ core, entry, data: null });
      expect(starting(1)).toThrow("core is running");
      expect(starting(0)).toThrow("core number");
      expect(starting(world.machine.coreCount)).toThrow("core number");
    }));
}

async function start(
  { machine, until }: World,
  core: number,
  name: Parameters<typeof entryNamed>[0],
  data: PlainData = null,
): Promise<Int32Array> {
  const report = reportOf(machine, core);
  machine.startCore({ core, entry: entryNamed(name), data });
  await until(() => Atomics.load(report, Word.started) === 1);
  return report;
}

function failureOf(exit: CoreExit): string {
  return exit.kind === "failed" ? exit.error.message : exit.kind;
}
