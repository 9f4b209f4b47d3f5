// Reads what one owner left: its segments in their order, checked to the last frame. Only the end of
// the last segment may be torn, since a segment is begun when all before it is stable; anything else
// that does not read back is refused by name.
import { frameAt, frameHeaderWords, isMark, payloadWords, seedOf, someFrame } from "./frame.ts";
import { LogRefusedError } from "./log-refused.ts";
import { decodeMark, type Mark, voucherWords } from "./mark.ts";
import { readHeader, type SegmentHeader, segmentHeaderWords } from "./segment-header.ts";

/** The words of a stored segment as they were at one time. */
export interface Snapshot {
  readonly name: string;
  readonly words: Int32Array;
}

export interface Chain {
  readonly epoch: number;
  /** The owner that this one took over from, 0 for none. */
  readonly sealedEpoch: number;
  /** Where the log begins. Undefined if the owner never got as far as owning it. */
  readonly mark: Mark | undefined;
  readonly end: number;
  readonly segments: readonly ChainSegment[];
}

export interface ChainSegment extends Snapshot {
  readonly header: SegmentHeader;
  /** The word behind its last frame. */
  readonly end: number;
}

interface Headed extends Snapshot {
  readonly header: SegmentHeader;
}

/** Undefined if the owner wrote nothing at all. */
export function readChain(
  log: string,
  epoch: number,
  snapshots: readonly Snapshot[],
): Chain | undefined {
  const headed = snapshots.flatMap((snapshot) => withHeader(log, epoch, snapshot));
  const run = unbrokenRun(log, headed);
  refuseLostHeaders(log, epoch, run, snapshots);
  if (run.length === 0) return undefined;
  const reader = new ChainReader(log, run);
  reader.read();
  const { segments, mark, end } = reader;
  checkBeginning(log, run[0], mark);
  return { epoch, sealedEpoch: run[0].header.sealedEpoch, mark, end, segments };
}

/** Gives every record kept to `visit`, in order, until one is refused. */
export function everyRecord(chain: Chain, visit: (words: Int32Array) => boolean): boolean {
  const from = chain.mark?.first ?? 0;
  for (const { words, header, end } of chain.segments) {
    let number = header.first;
    for (let at = segmentHeaderWords; at < end;) {
      const next = at + frameHeaderWords + payloadWords(words[at]);
      if (!isMark(words[at]) && number++ >= from) {
        if (!visit(words.subarray(at + frameHeaderWords, next))) return false;
      }
      at = next;
    }
  }
  return true;
}

/** Nothing for a segment that is free, or whose header was being written when its owner died. */
function withHeader(log: string, epoch: number, snapshot: Snapshot): Headed[] {
  const { name, words } = snapshot;
  if (words.length < segmentHeaderWords) throw damaged(log, name, "it is cut short");
  const reading = readHeader(words);
  if (reading.kind === "future") {
    throw new LogRefusedError(
      log,
      "future",
      `its segment ${name} is of version ${reading.version} of the format; use the system that ` +
        "wrote it, or a later one",
    );
  }
  if (reading.kind !== "header") return [];
  const { header } = reading;
  if (header.epoch !== epoch)
    throw damaged(log, name, `it says that it is of epoch ${header.epoch}`);
  if (header.segmentWords !== words.length) {
    const bytes = [words.length * 4, header.segmentWords * 4];
    throw damaged(log, name, `it has ${bytes[0]} bytes and was made with ${bytes[1]}`);
  }
  return [{ ...snapshot, header }];
}

/** The segments from the last one back to where one is not there, in their order. */
function unbrokenRun(log: string, headed: readonly Headed[]): Headed[] {
  const sorted = headed.toSorted((a, b) => a.header.index - b.header.index);
  let from = sorted.length - 1;
  while (from > 0 && sorted[from].header.index - sorted[from - 1].header.index === 1) from--;
  const before = sorted[from - 1];
  if (before !== undefined && before.header.index === sorted[from].header.index) {
    throw damaged(log, before.name, `${sorted[from].name} says that it has the same place`);
  }
  return sorted.slice(Math.max(from, 0));
}

/**
 * A header is stable before anything else is written to its segment. So where frames of the place
 * behind the last segment are found, there was a header; and so it was where there is no header at all
 * but something behind it, since a first segment was zero before.
 */
function refuseLostHeaders(
  log: string,
  epoch: number,
  run: readonly Headed[],
  snapshots: readonly Snapshot[],
): void {
  const last = run.at(-1)?.header;
  const seed = seedOf(epoch, (last?.index ?? -1) + 1);
  for (const { name, words } of snapshots) {
    if (readHeader(words).kind === "header") continue;
    const isWritten =
      last === undefined
        ? words.subarray(segmentHeaderWords).some((word) => word !== 0)
        : someFrame(words, segmentHeaderWords, seed, () => true);
    if (isWritten) throw damaged(log, name, "its header does not read back as it was written");
  }
}

function checkBeginning(log: string, { header }: Headed, mark: Mark | undefined): void {
  const isMissing = mark === undefined ? header.index > 0 : header.first > mark.first;
  if (!isMissing) return;
  const from = mark === undefined ? "the records" : `records ${mark.first}`;
  const detail = `segment ${header.index - 1} of epoch ${header.epoch} is missing, with ${from} to ${header.first - 1}`;
  throw new LogRefusedError(log, "missing", detail);
}

/** Reads from the last segment back to the one that the log begins in; what lies before is over. */
class ChainReader {
  readonly #log: string;
  readonly #run: readonly Headed[];
  readonly segments: ChainSegment[] = [];
  mark: Mark | undefined;
  /** The number behind the last record. */
  end = 0;

  constructor(log: string, run: readonly Headed[]) {
    this.#log = log;
    this.#run = run;
  }

  read(): void {
    for (let place = this.#run.length - 1; place >= 0 && !this.#isWhole(); place--) {
      const segment = this.#run[place];
      const next = this.#run[place + 1]?.header;
      const frames = readFrames(segment, next?.previousEnd ?? segment.words.length);
      if (next === undefined) this.end = segment.header.first + frames.count;
      this.#check(segment, next, frames);
      if (next === undefined && frames.isSealed) throw this.#missingAfter(segment);
      this.mark ??= frames.mark;
      this.segments.unshift({ ...segment, end: frames.end });
    }
  }

  #isWhole(): boolean {
    const oldest = this.segments[0];
    return (
      this.mark !== undefined && oldest !== undefined && oldest.header.first <= this.mark.first
    );
  }

  #missingAfter({ header }: Headed): LogRefusedError {
    const detail = `segment ${header.index + 1} of epoch ${header.epoch} is missing, with the records from ${this.end} on`;
    return new LogRefusedError(this.#log, "missing", detail);
  }

  /** The frames must reach to where the next segment says, or else to where nothing follows. */
  #check(segment: Headed, next: SegmentHeader | undefined, frames: Frames): void {
    const { name, header } = segment;
    const { end, count } = frames;
    const isGood =
      next === undefined
        ? !isVouchedFor(segment, end, count)
        : end === next.previousEnd && header.first + count === next.first;
    if (isGood) return;
    const place = `record ${header.first + count}, at byte ${end * 4},`;
    throw damaged(this.#log, name, `${place} does not read back as it was written`);
  }
}

interface Frames {
  readonly count: number;
  /** Whether the owner went on in another segment. */
  readonly isSealed: boolean;
  /** The word behind the last whole one. */
  readonly end: number;
  readonly mark: Mark | undefined;
}

/** The whole frames of a segment, up to `limit` at most. */
function readFrames({ words, header }: Headed, limit: number): Frames {
  const seed = seedOf(header.epoch, header.index);
  let [end, count] = [segmentHeaderWords, 0];
  let mark: Mark | undefined;
  let isSealed = false;
  while (end < limit && !isSealed) {
    const commit = frameAt(words, end, seed);
    if (commit === 0) break;
    const from = end + frameHeaderWords;
    end = from + payloadWords(commit);
    if (!isMark(commit)) count++;
    else if (end === from) isSealed = true;
    else if (end > from + voucherWords) mark = decodeMark(words.subarray(from, end));
  }
  return { count, isSealed, end, mark };
}

/** Whether something behind the bad frame at `end` was written when record `count` was stable. */
function isVouchedFor({ words, header }: Headed, end: number, count: number): boolean {
  const seed = seedOf(header.epoch, header.index);
  return someFrame(words, end + 1, seed, (commit, payloadAt) => {
    if (header.isStableAtOnce) return true;
    const length = payloadWords(commit);
    const isVoucher = length === voucherWords && words[payloadAt] > count;
    return isMark(commit) && (length === 0 || isVoucher);
  });
}

function damaged(log: string, segment: string, detail: string): LogRefusedError {
  return new LogRefusedError(log, "damaged", `segment ${segment}: ${detail}`);
}
