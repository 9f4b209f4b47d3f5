// Opens a log for a new owner. What the owner before it left is read, checked and copied into segments
// of the new epoch; the mark behind the copy makes the new owner the owner, and then the older segments
// are removed. Nothing is asked of the older owner and no lock is taken: it may be dead or paused, and
// if it wakes up it writes into segments that nobody reads any more.
//
// Copying costs less than the replay that follows, and it makes every segment the property of one
// owner, which may therefore use it again when a cut has freed it.
import { assert } from "../../base/index.ts";
import type { SegmentRefusal, SegmentStore } from "../../machine/segments.ts";
import { type Chain, everyRecord } from "./chain.ts";
import { frameAt, seedOf } from "./frame.ts";
import { LogRefusedError } from "./log-refused.ts";
import { markRoomWords } from "./mark.ts";
import { LogStatus, type MessageLog } from "./message-log.ts";
import { readLog } from "./read-log.ts";
import { markTakenOver, segmentHeaderWords } from "./segment-header.ts";
import { epochMax, isLogName, type SegmentName, segmentsOf } from "./segment-names.ts";
import { SegmentedLog } from "./segmented-log.ts";

export interface LogOptions {
  readonly segments: SegmentStore;
  /** Letters, digits, dot, dash and underscore; at most 70. */
  readonly name: string;
  /** Of the new owner: a whole number from 1, larger than that of every owner before. */
  readonly epoch: number;
  /** Room of one segment, a multiple of four; a longer record gets one of its own. */
  readonly segmentBytes?: number;
  /** What is at this record and behind it is left out; all is kept unless given. */
  readonly until?: number;
}

const segmentBytesDefault = 1024 * 1024;
const segmentBytesMin = (segmentHeaderWords + 2 * markRoomWords) * 4;
const attemptsMax = 8;

/**
 * Takes a log over, or makes it.
 *
 * @throws LogRefusedError, having changed nothing that another owner wrote.
 */
export function openLog(options: LogOptions): MessageLog {
  const { name, epoch, segmentBytes = segmentBytesDefault, until = Infinity } = options;
  assert(isLogName(name), "a log's name is one that stores accept", name.length);
  assert(Number.isInteger(epoch) && epoch > 0 && epoch <= epochMax, "an epoch is 1 or more", epoch);
  assert(segmentBytes >= segmentBytesMin && segmentBytes % 4 === 0, "segment size", segmentBytes);
  refuseIfSuperseded(options, epoch - 1);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const log = takeOver({ ...options, segmentBytes, until });
    if (log !== undefined) return log;
  }
  throw new LogRefusedError(name, "superseded", "other owners take it over again and again");
}

type Taking = Required<LogOptions>;

/** Undefined if another owner, older than this one, came between. */
function takeOver(options: Taking): MessageLog | undefined {
  const source = readLog(options.segments, options.name, options.epoch);
  const log = createChain(options, source);
  try {
    fill(options, log, source);
    refuseIfSuperseded(options, options.epoch);
    if (hasOwnerBetween(options, source?.epoch ?? 0)) {
      log.discard();
      return undefined;
    }
    markOlder(options);
    if (hasGrown(options, source)) {
      log.discard();
      return undefined;
    }
  } catch (error) {
    log.discard();
    throw error;
  }
  removeOlder(options);
  return log;
}

function createChain(options: Taking, source: Chain | undefined): SegmentedLog {
  const { segments, name, epoch, segmentBytes } = options;
  const log = SegmentedLog.create({
    segments,
    name,
    epoch,
    segmentBytes,
    first: source?.mark?.first ?? 0,
    sealedEpoch: source?.epoch ?? 0,
    sealedEnd: source?.end ?? 0,
  });
  if (typeof log !== "string") return log;
  throw refusal(options, log);
}

/** Copies the records and makes the chain the log. */
function fill(options: Taking, log: SegmentedLog, source: Chain | undefined): void {
  let status: LogStatus = LogStatus.ok;
  if (source !== undefined) {
    everyRecord(source, (words) => {
      if (log.end >= options.until) return false;
      status = log.append(words, words.length);
      return status === LogStatus.ok;
    });
  }
  if (status === LogStatus.ok) status = log.syncNow();
  if (status === LogStatus.ok) status = log.mark(log.first, source?.mark?.image);
  if (status === LogStatus.ok) status = log.syncNow();
  if (status === LogStatus.takenOver) refuseIfSuperseded(options, options.epoch);
  if (status !== LogStatus.ok) {
    throw refusal(options, status === LogStatus.full ? "full" : "failed");
  }
  const end = Math.min(source?.end ?? 0, options.until);
  assert(log.end === end, "every record was copied", log.end, end);
}

function refuseIfSuperseded(options: Taking | LogOptions, epoch: number): void {
  const { segments, name } = options;
  const [newest] = segmentsOf(name, segments.list());
  if (newest === undefined || newest.epoch <= epoch) return;
  const detail = `epoch ${newest.epoch} has it already; open it with a larger one`;
  throw new LogRefusedError(name, "superseded", detail);
}

/** Tells owners before this one, which may be at work or paused, that they are none any more. */
function markOlder({ segments, name, epoch }: Taking): void {
  const marked = new Set<string>();
  // One that is at work may be making another segment.
  for (let before = -1; before < marked.size;) {
    before = marked.size;
    for (const older of segmentsOf(name, segments.list())) {
      if (older.epoch >= epoch || marked.has(older.name)) continue;
      markTakenOver(segments, older.name, epoch);
      marked.add(older.name);
    }
  }
}

/** Whether the owner before this one added something, a record or a mark, after it was read. */
function hasGrown({ segments }: Taking, source: Chain | undefined): boolean {
  const last = source?.segments.at(-1);
  if (source === undefined || last === undefined) return false;
  const segment = segments.open(last.name);
  // It was cut away, or it cannot be told.
  if (typeof segment === "string") return true;
  const seed = seedOf(source.epoch, last.header.index);
  const isLonger = frameAt(segment.words, last.end, seed) !== 0;
  segment.close();
  return isLonger;
}

function removeOlder(options: Taking): void {
  const { segments, name, epoch } = options;
  for (const older of segmentsOf(name, segments.list())) {
    if (older.epoch < epoch) segments.remove(older.name);
  }
}

/** Whether an owner older than this one became the owner after the log was read. */
function hasOwnerBetween({ segments, name, epoch }: Taking, readEpoch: number): boolean {
  const isBetween = (other: SegmentName): boolean => other.epoch > readEpoch && other.epoch < epoch;
  if (!segmentsOf(name, segments.list()).some(isBetween)) return false;
  return (readLog(segments, name, epoch)?.epoch ?? 0) !== readEpoch;
}

function refusal({ name, segmentBytes }: Taking, cause: SegmentRefusal): LogRefusedError {
  if (cause === "full") {
    const detail =
      "there is no room to take it over; what is there stays as it is. Free as much as the log " +
      `has, and ${2 * segmentBytes} bytes more, and open it again`;
    return new LogRefusedError(name, "full", detail);
  }
  if (cause === "exists") {
    const detail = "another owner uses the same epoch; open it with a larger one";
    return new LogRefusedError(name, "superseded", detail);
  }
  return new LogRefusedError(name, "failed", `the store answered ${cause}`);
}
