// What a record in the message log costs, by level, against the least that the same survival can cost
// in the same run: at memory and host a plain copy of the words, into shared memory and into a mapped
// file; at disk one write of the whole group into a file that has its room, and an fdatasync.
//
// The log is cut after every batch, so it goes round in a few segments, as it does when images are
// taken; the floors go round in as many windows of the same size.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileSegments, SegmentSyncs, SegmentWriter } from "../../src/machine/node/index.ts";
import { MemorySegments } from "../../src/machine/segment-memory.ts";
import type { SegmentStore } from "../../src/machine/segments.ts";
import { LogStatus, type MessageLog, openLog } from "../../src/recovery/log/index.ts";
import type { BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { againstFloor, type Metric } from "../harness/metric.ts";
import { runRounds, type Subject } from "../harness/rounds.ts";
import type { Spread } from "../harness/statistics.ts";

/** A record as the recording door makes it for a call with a short message. */
const recordWords = 20;
const segmentBytes = 1024 * 1024;
const windowCount = 3;
/** Records that share one sync at level disk. */
const groupRecords = 64;

/** One's own: an imported constant is loaded at each use, and the floor has none. */
const { ok } = LogStatus;
const record = new Int32Array(recordWords).map((_, index) => Math.imul(index + 1, 0x85eb_ca6b));
const recordSum = sumOf(record, 0);

export async function benchLogCost({ quick, log }: BenchOptions): Promise<BenchOutcome> {
  const directory = mkdtempSync(join(tmpdir(), "log-cost-"));
  const writer = new SegmentWriter();
  const syncs = new SegmentSyncs(writer.connect());
  const batchRecords = quick ? 2000 : 20_000;
  const groups = quick ? 4 : 20;
  const closers: (() => void)[] = [];
  try {
    const subjects = [
      ...inPlace("memory", new MemorySegments(), batchRecords, closers),
      ...inPlace(
        "host",
        new FileSegments({ directory: join(directory, "host") }),
        batchRecords,
        closers,
      ),
      ...onDisk(directory, syncs, groups, closers),
    ];
    const rounds = { rounds: quick ? 5 : 61, warmupRounds: quick ? 2 : 90, log };
    const { spreadNs, workHash } = await runRounds(subjects, rounds);
    const parameters = { recordWords, segmentBytes, batchRecords, groupRecords, groups };
    return {
      metrics: metricsOf(spreadNs),
      parameters,
      spreads: Object.fromEntries(spreadNs),
      workHash,
    };
  } finally {
    for (const close of closers) close();
    syncs.close();
    await writer.close();
    rmSync(directory, { recursive: true });
  }
}

function metricsOf(spreads: ReadonlyMap<string, Spread>): Record<string, Metric> {
  const median = (name: string): number => spreads.get(name)?.median ?? Number.NaN;
  return {
    logCostMemory: againstFloor(median("memory log"), median("memory floor"), "ns"),
    logCostHost: againstFloor(median("host log"), median("host floor"), "ns"),
    logCostDisk: againstFloor(median("disk log"), median("disk floor"), "ns"),
  };
}

/** The log and its floor where a store into memory is all. */
function inPlace(
  level: string,
  segments: SegmentStore,
  operations: number,
  closers: (() => void)[],
): Subject[] {
  const log = openLog({ segments, name: "log", epoch: 1, segmentBytes });
  const windows = Array.from({ length: windowCount }, (_, index) => {
    const segment = segments.create(`floor-${index}`, segmentBytes);
    if (typeof segment === "string") throw new Error(`no window for the floor: ${segment}`);
    closers.push(() => segment.close());
    return segment.words;
  });
  closers.push(() => log.close());
  const floor = new Copier(windows);
  const expected = recordSum;
  return [
    { name: `${level} floor`, operations, expected, run: () => floor.copy(operations) },
    { name: `${level} log`, operations, expected, run: () => appendBatch(log, operations) },
  ];
}

function appendBatch(log: MessageLog, count: number): number {
  for (let added = 0; added < count; added++) {
    if (log.append(record, recordWords) !== ok) throw new Error("the log refused");
  }
  const sum = sumOf(log.read(log.end - 1), 0);
  log.cut(log.end, "image");
  return sum;
}

/** Copies records one behind the other, round and round in its windows. */
class Copier {
  readonly #windows: readonly Int32Array[];
  #current = 0;
  #at = 0;

  constructor(windows: readonly Int32Array[]) {
    this.#windows = windows;
  }

  copy(count: number): number {
    for (let copied = 0; copied < count; copied++) this.#copyOne(record, recordWords);
    return sumOf(this.#windows[this.#current], this.#at - recordWords);
  }

  #copyOne(words: Int32Array, length: number): void {
    let window = this.#windows[this.#current];
    if (this.#at + length > window.length) {
      this.#current = (this.#current + 1) % this.#windows.length;
      this.#at = 0;
      window = this.#windows[this.#current];
    }
    const at = this.#at;
    for (let index = 0; index < length; index++) window[at + index] = words[index];
    this.#at = at + length;
  }
}

function onDisk(
  directory: string,
  syncs: SegmentSyncs,
  groups: number,
  closers: (() => void)[],
): Subject[] {
  const segments = new FileSegments({
    directory: join(directory, "disk"),
    requestSync: syncs.request,
  });
  const log = openLog({ segments, name: "log", epoch: 1, segmentBytes });
  const floor = new GroupWriter(join(directory, "floor"));
  closers.push(
    () => log.close(),
    () => floor.close(),
  );
  const operations = groups * groupRecords;
  const expected = recordSum;
  return [
    { name: "disk floor", operations, expected, run: () => floor.write(groups) },
    { name: "disk log", operations, expected, run: () => appendGroups(log, groups) },
  ];
}

async function appendGroups(log: MessageLog, groups: number): Promise<number> {
  for (let group = 0; group < groups; group++) {
    for (let added = 0; added < groupRecords; added++) log.append(record, recordWords);
    await new Promise<void>((resolve, reject) => {
      log.whenStable(log.end, (status) => {
        if (status === LogStatus.ok) resolve();
        else reject(new Error(`a group did not become stable: ${status}`));
      });
    });
  }
  const sum = sumOf(log.read(log.end - 1), 0);
  log.cut(log.end, "image");
  return sum;
}

/** Writes groups of records into a file that has its room already, each made durable. */
class GroupWriter {
  readonly #fd: number;
  readonly #group = new Int32Array(groupRecords * recordWords);
  #position = 0;

  constructor(path: string) {
    this.#fd = openSync(path, "w+");
    writeSync(this.#fd, new Uint8Array(windowCount * segmentBytes));
    fdatasyncSync(this.#fd);
  }

  write(groups: number): number {
    for (let group = 0; group < groups; group++) this.#writeGroup();
    return sumOf(this.#group, this.#group.length - recordWords);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #writeGroup(): void {
    const { byteLength } = this.#group;
    for (let index = 0; index < groupRecords; index++) this.#group.set(record, index * recordWords);
    if (this.#position + byteLength > windowCount * segmentBytes) this.#position = 0;
    writeSync(this.#fd, this.#group, 0, byteLength, this.#position);
    fdatasyncSync(this.#fd);
    this.#position += byteLength;
  }
}

function sumOf(words: Int32Array, from: number): number {
  let sum = 0;
  for (let index = 0; index < recordWords; index++) sum = (sum + words[from + index]) | 0;
  return sum;
}
