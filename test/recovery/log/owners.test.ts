// Two owners of one log. The older one is stopped before any single step it takes, another takes over
// meanwhile, and then it goes on as if nothing had happened. Nothing that it does may be seen.
import { describe, expect, it } from "vitest";
import { SegmentDisk } from "../../../src/machine/sim/index.ts";
import {
  LogRefusedError,
  LogStatus,
  type MessageLog,
  openLog,
} from "../../../src/recovery/log/index.ts";
import { appendRecords, expectRecords } from "./records.ts";
import { Script } from "./script.ts";
import { steppedStore } from "./stepped-store.ts";

const segmentBytes = 1200;
const recordCount = 24;

function stateOf(log: MessageLog) {
  const records: number[][] = [];
  for (let number = log.first; number < log.end; number++) records.push([...log.read(number)]);
  return { first: log.first, end: log.end, image: log.image, records };
}

interface Pause {
  readonly disk: SegmentDisk;
  /** The older owner, once it owns the log, and what was seen when it was stopped. */
  script: Script | undefined;
  newer: MessageLog | undefined;
  /** The end of the log as it was taken over. */
  takenEnd: number;
  /** What the older owner was about to do. */
  stoppedAt: string;
  wasOwner: boolean;
  refusal: string | undefined;
}

/** The older owner's life, with `newer` opened before its step number `at`. */
function live(at: number): Pause {
  const disk = new SegmentDisk();
  new Script(openLog({ segments: disk.store(), name: "log", epoch: 1, segmentBytes })).run(20);
  disk.kill();
  const pause: Pause = {
    disk,
    script: undefined,
    newer: undefined,
    takenEnd: 0,
    stoppedAt: "",
    wasOwner: false,
    refusal: undefined,
  };
  let step = 0;
  const segments = steppedStore(disk.store(), (what) => {
    if (step++ !== at) return;
    pause.stoppedAt = what;
    pause.wasOwner = pause.script !== undefined;
    takeOver(pause);
  });
  try {
    pause.script = new Script(openLog({ segments, name: "log", epoch: 2, segmentBytes }));
    pause.script.run(recordCount, () => disk.pendingSyncs > 0 && disk.finishSync());
  } catch (error) {
    if (!(error instanceof LogRefusedError)) throw error;
    pause.refusal = error.reason;
  }
  return pause;
}

function takeOver(pause: Pause): void {
  const log = openLog({ segments: pause.disk.store(), name: "log", epoch: 3, segmentBytes });
  expectRecords(log);
  const { script } = pause;
  expect([script?.added ?? 20, (script?.added ?? 20) + 1]).toContain(log.end);
  expect([script?.cut.image ?? "image-18", script?.nextCut.image]).toContain(log.image);
  pause.takenEnd = log.end;
  appendRecords(log, 5);
  log.cut(log.end - 3, "newer");
  appendRecords(log, 4);
  pause.newer = log;
}

/** Another owner, older than the one that is taking over, takes over as well. */
function comeBetween(disk: SegmentDisk): string {
  try {
    const log = openLog({ segments: disk.store(), name: "log", epoch: 2, segmentBytes });
    appendRecords(log, 5);
    return "owner";
  } catch (error) {
    if (!(error instanceof LogRefusedError)) throw error;
    return error.reason;
  }
}

describe("an owner that wakes up after it was taken over from", () => {
  it("has no effect, wherever it was stopped", () => {
    let stops = 0;
    for (let at = 0; ; at++) {
      const { disk, newer, script, takenEnd, stoppedAt, wasOwner, refusal } = live(at);
      if (newer === undefined) break;
      stops++;
      // It was stopped before it owned the log, and is told so; or after, and does not know. While
      // it clears away what it took over it is the owner already.
      const isOwner = wasOwner || (refusal === undefined && /^(list|remove)/.test(stoppedAt));
      expect([stoppedAt, refusal]).toEqual([stoppedAt, isOwner ? undefined : "superseded"]);
      // What it was answered for, asleep or awake, was taken over.
      expect([stoppedAt, script?.added ?? 0]).toEqual([
        stoppedAt,
        Math.min(script?.added ?? 0, takenEnd),
      ]);
      if (script !== undefined) expect(script.log.isTakenOver).toBe(true);
      expectRecords(newer);
      const seen = stateOf(newer);
      appendRecords(newer, 20);
      expect(newer.cut(seen.end, "newest")).toBe(0);
      const next = openLog({ segments: disk.store(), name: "log", epoch: 4, segmentBytes });
      expect(stateOf(next)).toEqual(stateOf(newer));
      expect([next.first, next.end, next.image]).toEqual([seen.end, seen.end + 20, "newest"]);
      expect(
        disk
          .store()
          .list()
          .every((name) => name.startsWith("log.4.")),
      ).toBe(true);
    }
    expect(stops).toBeGreaterThan(500);
  });

  it("has been taken over from with all that it wrote, if it became the owner in between", () => {
    let between = 0;
    for (let at = 0; ; at++) {
      const disk = new SegmentDisk();
      const options = { name: "log", segmentBytes };
      appendRecords(openLog({ ...options, segments: disk.store(), epoch: 1 }), 12);
      let step = 0;
      let came = "nobody";
      const segments = steppedStore(disk.store(), () => {
        if (step++ === at) came = comeBetween(disk);
      });
      const log = openLog({ ...options, segments, epoch: 3 });
      if (came === "nobody") break;
      expect([at, log.end]).toEqual([at, came === "owner" ? 17 : 12]);
      expectRecords(log);
      if (came === "owner") between++;
    }
    expect(between).toBeGreaterThan(3);
  });

  it("is told, while it works on, before it adds what its successor does not have", () => {
    for (const stride of [1, 2, 3, 7, 20]) {
      const disk = new SegmentDisk();
      const older = new Script(
        openLog({ segments: disk.store(), name: "log", epoch: 1, segmentBytes }),
      );
      let step = 0;
      let last: LogStatus = LogStatus.ok;
      const segments = steppedStore(disk.store(), () => {
        if (last === LogStatus.ok && step++ % stride === 0) last = older.run(1);
      });
      const newer = openLog({ segments, name: "log", epoch: 2, segmentBytes });
      while (last === LogStatus.ok) last = older.run(1);
      expect([stride, last]).toEqual([stride, LogStatus.takenOver]);
      // The one at which it was told may have been whole already.
      expect([older.added, older.added + 1]).toContain(newer.end);
      expectRecords(newer);
      expect([newer.first, newer.image]).toEqual([older.cut.first, older.cut.image]);
    }
  });

  it("may not open the log again with its old epoch", () => {
    const disk = new SegmentDisk();
    openLog({ segments: disk.store(), name: "log", epoch: 5, segmentBytes });
    for (const epoch of [4, 5]) {
      const again = () => openLog({ segments: disk.store(), name: "log", epoch, segmentBytes });
      expect(again).toThrow(/epoch 5 has it already/);
    }
  });

  it("does not disturb a log whose name begins with the same letters", () => {
    const segments = new SegmentDisk().store();
    const [one, two] = ["log", "log.1"].map((name) =>
      openLog({ segments, name, epoch: 1, segmentBytes }),
    );
    appendRecords(one, 30);
    appendRecords(two, 10);
    const again = openLog({ segments, name: "log", epoch: 2, segmentBytes });
    expect(again.end).toBe(30);
    expect(openLog({ segments, name: "log.1", epoch: 2, segmentBytes }).end).toBe(10);
  });
});
