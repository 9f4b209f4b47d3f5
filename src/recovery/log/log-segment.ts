// A segment as its owner writes and reads it: where its frames end, how many records it has, and the
// places of every sixty-fourth, so that a record is found without an entry for each.
import { assert } from "../../base/index.ts";
import type { Segment } from "../../machine/segments.ts";
import {
  commitBase,
  FrameKind,
  frameHeaderWords,
  isMark,
  payloadWords,
  seedOf,
  writeFrame,
} from "./frame.ts";
import { markRoomWords, sealRoomWords, voucherWords } from "./mark.ts";
import { LogStatus } from "./message-log.ts";
import {
  type SegmentHeader,
  segmentHeaderWords,
  takenOverWord,
  writeHeader,
} from "./segment-header.ts";

const placeShift = 6;
const placeMask = (1 << placeShift) - 1;
// A module's own constants are known when its code is compiled, and imported ones are loaded at each use: a
// tenth of the time of an append.
const headerWords = frameHeaderWords;
const ownerWord = takenOverWord;
const { ok } = LogStatus;

/** What a header says of a segment besides its size. */
export type SegmentPlace = Omit<SegmentHeader, "segmentWords" | "isStableAtOnce">;

export class LogSegment {
  /** The name of the store's segment, which a later use of it keeps. */
  readonly name: string;
  readonly words: Int32Array;
  readonly #segment: Segment;
  readonly #commit: ((from: number, end: number) => boolean) | undefined;
  readonly #refresh: ((from: number, end: number) => void) | undefined;
  /** The frame of every sixty-fourth record. */
  readonly #places: Int32Array;
  #seed = 0;
  #dataBase = 0;
  #markBase = 0;
  index = 0;
  /** The number of its first record. */
  first = 0;
  /** How many records it has. */
  count = 0;
  /** How many of them became stable, where that has to be waited for, and how many are vouched for. */
  #stableCount = 0;
  #vouchedCount = 0;
  readonly #voucher = new Int32Array(voucherWords);
  /** The word at which the next frame will begin. */
  end = 0;
  /** The word at which records must end; and the same, or 0 when something comes before the next one. */
  #roomEnd = 0;
  #limit = 0;
  /** The record read last, and its frame. */
  #readNumber = -1;
  #readAt = 0;

  constructor(name: string, segment: Segment) {
    this.name = name;
    this.words = segment.words;
    this.#segment = segment;
    this.#commit = segment.commit?.bind(segment);
    this.#refresh = segment.refresh?.bind(segment);
    const framesMax = Math.ceil(this.words.length / frameHeaderWords);
    this.#places = new Int32Array((framesMax >>> placeShift) + 1);
  }

  /** Begins to be the segment of this place in a chain. False if the store failed. */
  begin(place: SegmentPlace): boolean {
    this.#seed = seedOf(place.epoch, place.index);
    this.#dataBase = commitBase(this.#seed, FrameKind.data);
    this.#markBase = commitBase(this.#seed, FrameKind.mark);
    this.index = place.index;
    this.first = place.first;
    this.count = 0;
    this.#stableCount = 0;
    this.#vouchedCount = 0;
    this.end = segmentHeaderWords;
    this.#roomEnd = this.words.length - markRoomWords;
    this.#limit = this.#roomEnd;
    this.#readNumber = -1;
    const isStableAtOnce = this.#segment.sync === undefined;
    writeHeader(this.words, { ...place, segmentWords: this.words.length, isStableAtOnce });
    return this.#commit === undefined || this.#commit(0, segmentHeaderWords);
  }

  /**
   * Adds a record: the hot path of the log. Nothing is there unless the answer is `ok`; `full` says that
   * this segment has no room for it.
   *
   * Whether another owner has come is asked when the record is whole: that one says so first and then reads
   * what is there, so a record is in its copy, or its owner is told. (A processor may look before others
   * see its store, but for less time than the calls of the system between those two steps take.)
   */
  add(payload: Int32Array, length: number): LogStatus {
    const { words, count, end: at } = this;
    if (at + headerWords + length > this.#limit) return this.#addSlowly(payload, length);
    const end = writeFrame(words, at, this.#seed, this.#dataBase | length, payload);
    if (this.#commit !== undefined && !this.#exchange(at, end)) return LogStatus.failed;
    if (words[ownerWord] !== 0) return LogStatus.takenOver;
    if ((count & placeMask) === 0) this.#places[count >>> placeShift] = at;
    this.count = count + 1;
    this.end = end;
    return ok;
  }

  /** So many of its records are stable now: the next one will say so. */
  becameStable(count: number): void {
    if (count <= this.#stableCount) return;
    this.#stableCount = count;
    this.#limit = 0;
  }

  /** Whether a later owner of the log has been here. */
  get isTakenOver(): boolean {
    this.#refresh?.(takenOverWord, takenOverWord + 1);
    return this.words[takenOverWord] !== 0;
  }

  /** Has no room for records any more. */
  stop(): void {
    this.#roomEnd = 0;
    this.#limit = 0;
  }

  hasRoomForMark(payload: Int32Array): boolean {
    const end = this.end + frameHeaderWords + payload.length;
    return end + sealRoomWords <= this.words.length;
  }

  /** Adds a mark, for which there is room. False if the store failed. */
  addMark(payload: Int32Array): boolean {
    const at = this.end;
    this.end = writeFrame(this.words, at, this.#seed, this.#markBase | payload.length, payload);
    return this.#commit === undefined || this.#commit(at, this.end);
  }

  /** The payload of a record that is in this segment. */
  read(number: number): Int32Array {
    assert(number >= this.first && number < this.first + this.count, "record is here", number);
    const at = this.#placeOf(number);
    const from = at + frameHeaderWords;
    return this.words.subarray(from, from + payloadWords(this.words[at]));
  }

  /** The number that its next record would have. */
  get nextNumber(): number {
    return this.first + this.count;
  }

  get sync(): ((then: (isDurable: boolean) => void) => void) | undefined {
    return this.#segment.sync?.bind(this.#segment);
  }

  /** Makes all of it durable, where that is not so by itself. False if that failed. */
  syncNow(): boolean {
    return this.#segment.syncNow === undefined || this.#segment.syncNow();
  }

  close(): void {
    this.#segment.close();
  }

  /** Where `words` are a copy: writes a range to the segment, and reads from it who owns it. */
  #exchange(from: number, end: number): boolean {
    const isWritten = this.#commit === undefined || this.#commit(from, end);
    this.#refresh?.(takenOverWord, takenOverWord + 1);
    return isWritten;
  }

  #addSlowly(payload: Int32Array, length: number): LogStatus {
    if (this.#stableCount === this.#vouchedCount) return LogStatus.full;
    this.#vouchedCount = this.#stableCount;
    this.#voucher[0] = this.#stableCount;
    // Where there is no room for it, there is soon a seal.
    const voucherEnd = this.end + frameHeaderWords + voucherWords;
    if (voucherEnd <= this.#roomEnd) this.addMark(this.#voucher);
    this.#limit = this.#roomEnd;
    return this.add(payload, length);
  }

  #placeOf(number: number): number {
    const wanted = number - this.first;
    let current = wanted & ~placeMask;
    let at = this.#places[wanted >>> placeShift];
    if (this.#readNumber >= this.first + current && this.#readNumber <= number) {
      current = this.#readNumber - this.first;
      at = this.#readAt;
    }
    for (; current < wanted; current++) at = this.#nextRecord(at);
    this.#readNumber = number;
    this.#readAt = at;
    return at;
  }

  /** The frame of the record after the one at `at`. */
  #nextRecord(at: number): number {
    let next = at;
    do next += frameHeaderWords + payloadWords(this.words[next]);
    while (isMark(this.words[next]));
    return next;
  }
}
