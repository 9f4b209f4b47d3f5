// The log of one owner, in a chain of segments of its own. Records are written in place into the
// current segment; when it has no room left the next one is begun, one that a cut has freed if there
// is any. A segment is begun only when all before it is stable.
import { assert } from "../../base/index.ts";
import type { SegmentRefusal, SegmentStore } from "../../machine/segments.ts";
import { frameHeaderWords } from "./frame.ts";
import { LogSegment } from "./log-segment.ts";
import { encodeMark, markRoomWords, sealMark } from "./mark.ts";
import { imageNameLengthMax, LogStatus, type MessageLog, recordWordsMax } from "./message-log.ts";
import { segmentHeaderWords } from "./segment-header.ts";
import { segmentName } from "./segment-names.ts";
import { StableEnd } from "./stable-end.ts";

export interface SegmentedLogOptions {
  readonly segments: SegmentStore;
  readonly name: string;
  readonly epoch: number;
  readonly segmentBytes: number;
  /** The number of the first record, and the epoch that is sealed where this one begins. */
  readonly first: number;
  readonly sealedEpoch: number;
  readonly sealedEnd: number;
}

/** As in log-segment.ts, for the sake of an append. */
const { ok } = LogStatus;
const pageBytes = 4096;
/** Segments kept for later use when a cut frees them; more are given back to the store. */
const freeSegmentsMax = 2;

export class SegmentedLog implements MessageLog {
  readonly #options: SegmentedLogOptions;
  readonly #segments: SegmentStore;
  readonly #stable: StableEnd | undefined;
  /** Oldest first; the last is the current one. */
  #chain: LogSegment[] = [];
  #free: LogSegment[] = [];
  #current!: LogSegment;
  #isBroken = false;
  #fileCount = 0;
  #first: number;
  #image: string | undefined;

  /** A chain with its first segment and a spare one, or why there is none. */
  static create(options: SegmentedLogOptions): SegmentedLog | SegmentRefusal {
    const first = createSegment(options, 0, options.segmentBytes);
    if (typeof first === "string") return first;
    const spare = createSegment(options, 1, options.segmentBytes);
    if (typeof spare === "string") {
      first.close();
      options.segments.remove(first.name);
      return spare;
    }
    const log = new SegmentedLog(options, first, spare);
    if (log.#begin(first)) return log;
    log.discard();
    return "failed";
  }

  private constructor(options: SegmentedLogOptions, first: LogSegment, spare: LogSegment) {
    this.#options = options;
    this.#segments = options.segments;
    this.#first = options.first;
    this.#free.push(spare);
    this.#fileCount = 2;
    if (first.sync === undefined) return;
    this.#stable = new StableEnd(
      () => this.end,
      (then) => {
        this.#startSync(then);
      },
    );
    this.#stable.end = options.first;
  }

  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#current.nextNumber;
  }

  get stableEnd(): number {
    return this.#stable === undefined ? this.end : this.#stable.end;
  }

  get image(): string | undefined {
    return this.#image;
  }

  get isTakenOver(): boolean {
    // The current one may have been made since.
    return this.#chain.some((segment) => segment.isTakenOver);
  }

  append(words: Int32Array, length: number): LogStatus {
    // A length beyond the limit fits no segment of this size, so that is looked at where one is begun.
    const status = this.#current.add(words, length);
    return status === ok ? ok : this.#appendNext(status, words, length);
  }

  whenStable(end: number, then: (status: LogStatus) => void): void {
    assert(end <= this.end, "only what was added can become stable", end, this.end);
    if (this.#stable !== undefined) this.#stable.whenStable(end, then);
    else then(LogStatus.ok);
  }

  read(number: number): Int32Array {
    assert(number >= this.#first && number < this.end, "the record is in the log", number);
    let place = this.#chain.length - 1;
    while (this.#chain[place].first > number) place--;
    return this.#chain[place].read(number);
  }

  cut(number: number, image: string): LogStatus {
    assert(number >= this.#first && number <= this.end, "a cut falls inside the log", number);
    assert(image.length <= imageNameLengthMax, "an image's name has room", image.length);
    return this.mark(number, image);
  }

  /** Says, in the log itself, where it begins and in which image. Frees what lies before. */
  mark(first: number, image: string | undefined): LogStatus {
    const payload = encodeMark({ first, image });
    const status = this.#makeRoomForMark(payload);
    if (status !== LogStatus.ok) return status;
    if (!this.#current.addMark(payload)) return this.#fail();
    this.#first = first;
    this.#image = image;
    if (this.#stable === undefined) this.#release(first);
    else this.#stable.afterNextSync((marked) => marked === LogStatus.ok && this.#release(first));
    return LogStatus.ok;
  }

  /** Waits until all that was written is stable. */
  syncNow(): LogStatus {
    if (!this.#current.syncNow()) return this.#fail();
    this.#becameStable(this.end);
    return LogStatus.ok;
  }

  close(): void {
    this.#break();
    this.#stable?.fail();
    for (const segment of [...this.#chain, ...this.#free]) segment.close();
    this.#chain = [];
    this.#free = [];
  }

  /** Takes what this owner made out of the store again. */
  discard(): void {
    this.close();
    const { name, epoch } = this.#options;
    for (let file = 0; file < this.#fileCount; file++) {
      this.#segments.remove(segmentName(name, epoch, file));
    }
  }

  #appendNext(refused: LogStatus, words: Int32Array, length: number): LogStatus {
    assert(length <= recordWordsMax, "a record's length is bounded", length);
    if (refused !== LogStatus.full) return this.#fail(refused);
    const status = this.#roll(frameHeaderWords + length);
    return status === LogStatus.ok ? this.append(words, length) : status;
  }

  #makeRoomForMark(payload: Int32Array): LogStatus {
    if (this.#isBroken) return LogStatus.failed;
    return this.#current.hasRoomForMark(payload) ? LogStatus.ok : this.#roll(0);
  }

  /** Goes on in another segment, one with room for a frame of so many words. */
  #roll(frameWords: number): LogStatus {
    if (this.#isBroken) return LogStatus.failed;
    const next = this.#nextSegment((segmentHeaderWords + frameWords + markRoomWords) * 4);
    if (typeof next === "string") return next === "full" ? LogStatus.full : this.#fail();
    if (this.syncNow() !== LogStatus.ok) return LogStatus.failed;
    const previous = this.#current;
    const isBegun = this.#begin(next) && previous.addMark(sealMark);
    if (!isBegun || !previous.syncNow()) return this.#fail();
    // Whoever took the log over before there was this segment has marked the one before it.
    return previous.isTakenOver ? this.#fail(LogStatus.takenOver) : LogStatus.ok;
  }

  #nextSegment(bytes: number): LogSegment | SegmentRefusal {
    const { segmentBytes } = this.#options;
    const isUsual = bytes <= segmentBytes;
    const free = isUsual ? this.#free.pop() : undefined;
    if (free !== undefined) return free;
    const size = isUsual ? segmentBytes : Math.ceil(bytes / pageBytes) * pageBytes;
    const segment = createSegment(this.#options, this.#fileCount, size);
    if (typeof segment !== "string") this.#fileCount++;
    return segment;
  }

  /** Makes a segment the current one. False if the store failed. */
  #begin(segment: LogSegment): boolean {
    const { epoch, sealedEpoch, sealedEnd } = this.#options;
    const previous = this.#chain.at(-1);
    const index = previous === undefined ? 0 : previous.index + 1;
    const first = previous === undefined ? this.#first : previous.nextNumber;
    const previousEnd = previous?.end ?? 0;
    const place = { epoch, index, first, previousEnd, sealedEpoch, sealedEnd };
    this.#chain.push(segment);
    this.#current = segment;
    return segment.begin(place) && segment.syncNow();
  }

  /** Frees what lies before this record. A later cut, not yet stable, may be known already. */
  #release(first: number): void {
    while (this.#chain.length > 1 && this.#chain[1].first <= first) {
      const segment = this.#chain[0];
      this.#chain.shift();
      const isUsual = segment.words.length * 4 === this.#options.segmentBytes;
      if (isUsual && this.#free.length < freeSegmentsMax) this.#free.push(segment);
      else {
        segment.close();
        this.#segments.remove(segment.name);
      }
    }
  }

  #startSync(then: (isDurable: boolean) => void): void {
    const { sync } = this.#current;
    const covered = this.end;
    sync?.((isDurable) => {
      if (isDurable) this.#becameStable(covered);
      else this.#break();
      then(isDurable);
    });
  }

  #becameStable(end: number): void {
    if (this.#stable === undefined) return;
    this.#current.becameStable(end - this.#current.first);
    this.#stable.end = Math.max(this.#stable.end, end);
  }

  #fail(status: LogStatus = LogStatus.failed): LogStatus {
    this.#break();
    this.#stable?.fail();
    return status;
  }

  /** Nothing is added any more. */
  #break(): void {
    this.#isBroken = true;
    this.#current.stop();
  }
}

function createSegment(
  { segments, name, epoch }: SegmentedLogOptions,
  file: number,
  bytes: number,
): LogSegment | SegmentRefusal {
  const own = segmentName(name, epoch, file);
  const segment = segments.create(own, bytes);
  return typeof segment === "string" ? segment : new LogSegment(own, segment);
}
