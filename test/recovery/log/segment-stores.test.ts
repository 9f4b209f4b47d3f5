// What every store of segments must do, whichever level it is for.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  FileSegments,
  SegmentKeeper,
  SegmentSyncs,
  SegmentWriter,
  keptSegments,
} from "../../../src/machine/node/index.ts";
import { MemorySegments } from "../../../src/machine/segment-memory.ts";
import type { Segment, SegmentStore } from "../../../src/machine/segments.ts";
import { SegmentDisk } from "../../../src/machine/sim/index.ts";
import { LogStatus, openLog } from "../../../src/recovery/log/index.ts";
import { appendRecords, expectRecords } from "./records.ts";

const root = mkdtempSync(join(tmpdir(), "segments-"));
const writer = new SegmentWriter();
const syncs = new SegmentSyncs(writer.connect());
let directoryCount = 0;

function files(options: { canMap?: boolean; isDisk?: boolean }): SegmentStore {
  const directory = join(root, `store-${directoryCount++}`);
  const { canMap = true, isDisk = false } = options;
  return new FileSegments({ directory, canMap, ...(isDisk ? { requestSync: syncs.request } : {}) });
}

const stores: [string, () => SegmentStore][] = [
  ["memory", () => new MemorySegments()],
  ["simulated", () => new SegmentDisk().store()],
  ["mapped files", () => files({})],
  ["written files", () => files({ canMap: false })],
  ["mapped files, synced", () => files({ isDisk: true })],
  ["written files, synced", () => files({ isDisk: true, canMap: false })],
];

afterAll(async () => {
  syncs.close();
  await writer.close();
  rmSync(root, { recursive: true });
});

function opened(segment: Segment | string): Segment {
  if (typeof segment === "string") throw new Error(`refused: ${segment}`);
  return segment;
}

describe.each(stores)("a store of segments: %s", (_, makeStore) => {
  it("has a segment's words where it is opened again", () => {
    const store = makeStore();
    const made = opened(store.create("a.1", 8192));
    expect([made.words.length, made.words.every((word) => word === 0)]).toEqual([2048, true]);
    made.words.set([7, -8], 1023);
    expect(made.commit?.(1023, 1025) ?? true).toBe(true);
    expect([...opened(store.open("a.1")).words.subarray(1022, 1026)]).toEqual([0, 7, -8, 0]);
    expect(made.syncNow?.() ?? true).toBe(true);
    made.close();
    expect([...opened(store.open("a.1")).words.subarray(1022, 1026)]).toEqual([0, 7, -8, 0]);
  });

  it("refuses by name what it cannot do", () => {
    const store = makeStore();
    opened(store.create("a", 4096));
    expect(store.create("a", 4096)).toBe("exists");
    expect(store.open("b")).toBe("missing");
    expect(store.remove("b")).toBe("missing");
    for (const name of ["", ".a", "a/b", "x".repeat(101)]) {
      expect([store.create(name, 4096), store.open(name), store.remove(name)]).toEqual(
        Array.from({ length: 3 }, () => "invalid"),
      );
    }
    for (const bytes of [0, -4, 5, 2 ** 40]) expect(store.create("c", bytes)).toBe("invalid");
    expect(store.list()).toEqual(["a"]);
  });

  it("leaves an open segment its words when its name is taken away", () => {
    const store = makeStore();
    const old = opened(store.create("a", 4096));
    old.words[0] = 1;
    expect(store.remove("a")).toBeUndefined();
    const renewed = opened(store.create("a", 4096));
    old.words[5] = 2;
    expect([old.words[0], old.words[5], renewed.words[0], renewed.words[5]]).toEqual([1, 2, 0, 0]);
    expect(store.list()).toEqual(["a"]);
  });

  it("keeps a log, which the next owner finds whole", () => {
    const segments = makeStore();
    const log = openLog({ segments, name: "log", epoch: 1, segmentBytes: 8192 });
    appendRecords(log, 1000);
    expect(log.cut(900, "image")).toBe(LogStatus.ok);
    appendRecords(log, 50);
    expectRecords(log);
    const next = openLog({ segments, name: "log", epoch: 2, segmentBytes: 8192 });
    expect([next.first, next.end, next.image]).toEqual([900, 1050, "image"]);
    log.close();
    expectRecords(next);
    expect(log.append(Int32Array.of(1), 1)).toBe(LogStatus.failed);
    next.close();
  });
});

describe("synced files", () => {
  it("tell when records are stable, many at a time", async () => {
    const segments = files({ isDisk: true });
    const log = openLog({ segments, name: "log", epoch: 1, segmentBytes: 8192 });
    expect(log.stableEnd).toBe(0);
    const ends: number[] = [];
    await new Promise<void>((resolve) => {
      for (let number = 1; number <= 300; number++) {
        appendRecords(log, 1);
        log.whenStable(number, (status) => {
          expect([status, log.stableEnd >= number]).toEqual([LogStatus.ok, true]);
          ends.push(number);
          if (number === 300) resolve();
        });
      }
    });
    expect(ends).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    log.close();
  });

  it("answer as failed when the writer is gone", async () => {
    const mortal = new SegmentWriter();
    const own = new SegmentSyncs(mortal.connect());
    const directory = join(root, "mortal");
    const segments = new FileSegments({ directory, requestSync: own.request });
    const log = openLog({ segments, name: "log", epoch: 1, segmentBytes: 8192 });
    appendRecords(log, 1);
    const ask = (end: number) => new Promise((resolve) => log.whenStable(end, resolve));
    expect([await ask(1), log.stableEnd]).toEqual([LogStatus.ok, 1]);
    await mortal.close();
    appendRecords(log, 1);
    expect([await ask(2), log.stableEnd]).toEqual([LogStatus.failed, 1]);
    expect(log.append(Int32Array.of(1), 1)).toBe(LogStatus.failed);
  });
});

describe("files of segments", () => {
  it("can be read by their owner only", () => {
    const directory = join(root, "private");
    opened(new FileSegments({ directory }).create("a", 4096)).close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, "a.segment")).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["a.segment"]);
  });

  it("read as zeros once closed, and take nothing any more", () => {
    const store = files({});
    const segment = opened(store.create("a", 4096));
    segment.words[3] = 9;
    const view = segment.words.subarray(3, 4);
    segment.close();
    view[0]++;
    expect([...opened(store.open("a")).words.subarray(3, 4)]).toEqual([9]);
  });
});

describe("kept segments", () => {
  it("are handed to the next thread, with what the last one did not live to tell", () => {
    const keeper = new SegmentKeeper();
    const first = keptSegments(keeper.handOver());
    opened(first.create("a", 4096)).words[9] = 5;
    opened(first.create("b", 4096));
    first.remove("b");
    const second = keptSegments(keeper.handOver());
    expect([second.list(), opened(second.open("a")).words[9]]).toEqual([["a"], 5]);
    keeper.close();
  });
});
