// A full disk: appends are refused and nothing is lost, neither then nor at the next take-over; a cut
// needs no new room and makes some. On real file systems the room is had when a segment is made, so no
// store into mapped memory ever finds the device full, which would end the process.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileSegments } from "../../../src/machine/node/index.ts";
import { MemorySegments } from "../../../src/machine/segment-memory.ts";
import type { SegmentStore } from "../../../src/machine/segments.ts";
import { SegmentDisk } from "../../../src/machine/sim/index.ts";
import { LogStatus, type MessageLog, openLog } from "../../../src/recovery/log/index.ts";
import { appendRecord, appendRecords, expectRecords } from "./records.ts";

const segmentBytes = 16 * 1024;
const capacityBytes = 64 * 1024;
const root = mkdtempSync(join(tmpdir(), "full-"));
const mounts: string[] = [];

afterAll(() => {
  // Lazily: what is laid over memory stays until it is collected.
  for (const directory of mounts) spawnSync("umount", ["-l", directory]);
  rmSync(root, { recursive: true });
});

/** A file system of that size, or undefined where we may not make one. */
function smallDirectory(): string | undefined {
  const directory = mkdtempSync(join(root, "mount-"));
  const options = ["-t", "tmpfs", "-o", `size=${capacityBytes}`, "tmpfs", directory];
  if (spawnSync("mount", options).status !== 0) return undefined;
  mounts.push(directory);
  return directory;
}

const canMount = smallDirectory() !== undefined;

function appendUntilRefused(log: MessageLog): LogStatus {
  for (;;) {
    const status = appendRecord(log);
    if (status !== LogStatus.ok) return status;
  }
}

interface Small {
  readonly segments: SegmentStore;
  /** Makes stable what was cut, as time would. */
  readonly settle?: () => void;
}

function files(canMap: boolean): Small {
  return { segments: new FileSegments({ directory: smallDirectory() ?? root, canMap }) };
}

function simulated(): Small {
  const disk = new SegmentDisk({ capacityBytes });
  const settle = () => {
    while (disk.pendingSyncs > 0) disk.finishSync();
  };
  return { segments: disk.store(), settle };
}

describe.each<[string, boolean, () => Small]>([
  ["memory", true, () => ({ segments: new MemorySegments({ capacityBytes }) })],
  ["a simulated disk", true, simulated],
  ["a small file system, mapped", canMount, () => files(true)],
  ["a small file system, written", canMount, () => files(false)],
])("a log on a full disk: %s", (_, isThere, makeStore) => {
  const open = (segments: SegmentStore, epoch: number) =>
    openLog({ segments, name: "log", epoch, segmentBytes });

  // Where nobody may mount a file system, the first two say it all but the system's own refusal.
  it.skipIf(!isThere)("refuses records, keeps all it has, and goes on after a cut", () => {
    const { segments, settle } = makeStore();
    const log = open(segments, 1);
    for (let turn = 0; turn < 20; turn++) {
      expect(appendUntilRefused(log)).toBe(LogStatus.full);
      expect(appendRecord(log)).toBe(LogStatus.full);
      expectRecords(log);
      const { end } = log;
      expect(log.cut(end, `image-${turn}`)).toBe(LogStatus.ok);
      expect([log.first, log.end, log.image]).toEqual([end, end, `image-${turn}`]);
      settle?.();
      expect(log.stableEnd).toBe(end);
      expect(appendRecord(log)).toBe(LogStatus.ok);
    }
    log.close();
  });

  it.skipIf(!isThere)("cannot be taken over, but is not harmed by the attempt", () => {
    const { segments } = makeStore();
    const log = open(segments, 1);
    expect(appendUntilRefused(log)).toBe(LogStatus.full);
    const { end } = log;
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => open(segments, 2)).toThrow(/no room to take it over.*Free as much/);
    }
    expect(segments.list().every((name) => name.startsWith("log.1."))).toBe(true);
    expectRecords(log);
    expect([log.end, log.cut(end - 1, "image")]).toEqual([end, LogStatus.ok]);
  });
});

describe("a full file system", () => {
  it.skipIf(!canMount)(
    "is filled by somebody else: the log goes on in the room that it has",
    () => {
      const directory = smallDirectory() ?? root;
      const log = openLog({
        segments: new FileSegments({ directory }),
        name: "log",
        epoch: 1,
        segmentBytes,
      });
      expect(() => {
        writeFileSync(join(directory, "other"), new Uint8Array(capacityBytes));
      }).toThrow(/ENOSPC/);
      appendRecords(log, 40);
      expect(appendUntilRefused(log)).toBe(LogStatus.full);
      expectRecords(log);
      expect(log.cut(log.end, "image")).toBe(LogStatus.ok);
      appendRecords(log, 40);
      log.close();
    },
  );
});
