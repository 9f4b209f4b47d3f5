// Owners that die: at every single store and call of a small life, by a kill, which leaves everything
// written so far, and by a loss of power, which leaves any part of what was not yet durable.
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/index.ts";
import { SegmentDisk } from "../../../src/machine/sim/index.ts";
import { LogRefusedError, type MessageLog, openLog } from "../../../src/recovery/log/index.ts";
import { expectRecords } from "./records.ts";
import { Script } from "./script.ts";
import { steppedStore } from "./stepped-store.ts";

const segmentBytes = 1200;
const recordCount = 24;
const seed = Number(process.env.SHOAL_SEED ?? 7);
const powerLosses = Number(process.env.SHOAL_LOSSES ?? 2000);

class Killed extends Error {}

/** A store on this disk whose user dies before its step number `lastStep`. */
function mortalStore(disk: SegmentDisk, lastStep: number) {
  let step = 0;
  return steppedStore(disk.store(), () => {
    if (step++ >= lastStep) throw new Killed();
  });
}

function open(disk: SegmentDisk, epoch: number): MessageLog {
  return openLog({ segments: disk.store(), name: "log", epoch, segmentBytes });
}

function cutOf({ first, image }: MessageLog) {
  return { first, image };
}

/** Runs `life` on ever longer-lived stores until it survives. Answers how many deaths it died. */
function dieAtEveryStep(life: (lastStep: number) => void, after: () => void): number {
  for (let lastStep = 0; ; lastStep++) {
    try {
      life(lastStep);
      return lastStep;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      after();
    }
  }
}

describe("the owner of a log is killed", () => {
  it("at any store: each record that was answered for is there, and no half of another", () => {
    let disk = new SegmentDisk();
    let script: Script | undefined;
    const deaths = dieAtEveryStep(
      (lastStep) => {
        disk = new SegmentDisk();
        script = undefined;
        const segments = mortalStore(disk, lastStep);
        script = new Script(openLog({ segments, name: "log", epoch: 1, segmentBytes }));
        script.run(recordCount, () => disk.pendingSyncs > 0 && disk.finishSync());
      },
      () => {
        disk.kill();
        const log = open(disk, 2);
        expectRecords(log);
        if (script === undefined) {
          expect([log.end, log.image]).toEqual([0, undefined]);
          return;
        }
        expect([script.added, script.added + 1]).toContain(log.end);
        expect([script.cut, script.nextCut]).toContainEqual(cutOf(log));
      },
    );
    expect(deaths).toBeGreaterThan(500);
  });

  it("while it takes over: the log is what it was, for the next one", () => {
    let disk = new SegmentDisk();
    let expected: unknown;
    const deaths = dieAtEveryStep(
      (lastStep) => {
        disk = new SegmentDisk();
        const script = new Script(open(disk, 1));
        script.run(recordCount);
        expected = [script.log.end, cutOf(script.log)];
        disk.kill();
        const segments = mortalStore(disk, lastStep);
        openLog({ segments, name: "log", epoch: 2, segmentBytes });
      },
      () => {
        const log = open(disk, 3);
        expect([log.end, cutOf(log)]).toEqual(expected);
        expectRecords(log);
      },
    );
    expect(deaths).toBeGreaterThan(50);
  });
});

describe("the power fails", () => {
  /** Two owners, the second of which loses the power at a random step. */
  function loseOnce(random: Random): void {
    const disk = new SegmentDisk();
    const before = new Script(open(disk, 1));
    before.run(random.below(recordCount));
    disk.kill();
    const promised = new Script(open(disk, 2));
    const mortal = mortalStore(disk, random.below(1500));
    let script = promised;
    try {
      script = new Script(openLog({ segments: mortal, name: "log", epoch: 3, segmentBytes }));
      script.run(recordCount, () => {
        if (random.chance(1, 4)) disk.writeBack();
        while (disk.pendingSyncs > 0 && random.chance(1, 2)) disk.finishSync();
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    disk.losePower(random);
    const log = open(disk, 4);
    expectRecords(log);
    expect(log.end).toBeGreaterThanOrEqual(script.stableEnd);
    expect(log.end).toBeLessThanOrEqual(script.added + 1);
    // The beginning and the image's name change together: image-N is made with first N - 2.
    expect(log.image ?? `image-${log.first + 2}`).toBe(`image-${log.first + 2}`);
    expect(log.first).toBeLessThanOrEqual(log.end);
  }

  it(`at any step: what was stable is there, in order, whole (seed ${seed}, ${powerLosses} losses)`, () => {
    const random = new Random(seed, "power");
    for (let loss = 0; loss < powerLosses; loss++) loseOnce(random);
  });

  it("between two cuts, of which one is stable: what the other frees is still there", () => {
    for (let power = 0; power < 40; power++) {
      const disk = new SegmentDisk();
      const log = open(disk, 1);
      disk.finishSync();
      // The second and third record have segments of their own, each given back when it is cut off.
      for (const length of [5, 500, 500, 5])
        log.append(new Int32Array(length).fill(length), length);
      expect(log.cut(1, "one")).toBe(0);
      expect(log.cut(4, "two")).toBe(0);
      disk.finishSync();
      disk.losePower(new Random(power, "two cuts"));
      const next = open(disk, 2);
      expect([next.end, next.image === "two" ? 4 : 1]).toEqual([4, next.first]);
    }
  });

  it("and a failing device is told to whoever waits, and to every append after that", () => {
    const disk = new SegmentDisk();
    const log = open(disk, 1);
    disk.finishSync();
    disk.isFailing = true;
    log.append(Int32Array.of(1), 1);
    let answer: number | undefined;
    log.whenStable(log.end, (status) => (answer = status));
    expect([log.stableEnd, answer]).toEqual([0, undefined]);
    disk.finishSync();
    expect([log.stableEnd, answer, log.append(Int32Array.of(2), 1)]).toEqual([0, -2, -2]);
    expect(() => open(disk, 2)).toThrow(LogRefusedError);
  });
});
