// The first words of every segment: whose it is, where in the chain it stands, and where the one before
// it ended. Word 0 is stored last and cleared first, so that a killed owner leaves a header or none.
//
//   0      magic; 0 while the segment is free
//   1      version of the log's format
//   2      epoch of the owner
//   3      index in the chain
//   4, 5   number of the first record in it
//   6      word at which the segment before it ends: it is sealed there
//   7      words of this segment
//   8      epoch that this owner took over from, 0 for none
//   9, 10  record at which that epoch is sealed: what it wrote later does not count
//   11     1 where records are stable as soon as they are written
//   12     epoch of a later owner that has taken the log over, 0 for none: written by that one, and so in
//          no checksum; whoever finds it in a segment of its own adds nothing any more
//   15     checksum
import { assert } from "../../base/index.ts";
import type { SegmentStore } from "../../machine/segments.ts";

export const segmentHeaderWords = 16;
export const logVersion = 1;
/** The one word of a segment that is not its owner's. */
export const takenOverWord = 12;

export interface SegmentHeader {
  readonly epoch: number;
  readonly index: number;
  readonly first: number;
  readonly previousEnd: number;
  readonly segmentWords: number;
  readonly sealedEpoch: number;
  readonly sealedEnd: number;
  readonly isStableAtOnce: boolean;
}

/** What stands at the beginning of a segment. */
export type HeaderReading =
  | { readonly kind: "header"; readonly header: SegmentHeader }
  | { readonly kind: "free" }
  | { readonly kind: "future"; readonly version: number }
  | { readonly kind: "damaged" };

const magic = 0x676f_6c73;
const lastWord = segmentHeaderWords - 1;
const wordRange = 2 ** 32;

export function writeHeader(words: Int32Array, header: SegmentHeader): void {
  assert(words.length === header.segmentWords, "a header knows its segment", words.length);
  words.fill(0, 0, takenOverWord);
  words.fill(0, takenOverWord + 1, segmentHeaderWords);
  words[1] = logVersion;
  words[2] = header.epoch;
  words[3] = header.index;
  writeNumber(words, 4, header.first);
  words[6] = header.previousEnd;
  words[7] = header.segmentWords;
  words[8] = header.sealedEpoch;
  writeNumber(words, 9, header.sealedEnd);
  words[11] = header.isStableAtOnce ? 1 : 0;
  words[lastWord] = headerSum(words);
  words[0] = magic;
}

export function readHeader(words: Int32Array): HeaderReading {
  if (words[0] === 0) return { kind: "free" };
  if (words[0] !== magic || words[lastWord] !== headerSum(words)) return { kind: "damaged" };
  if (words[1] > logVersion) return { kind: "future", version: words[1] };
  return {
    kind: "header",
    header: {
      epoch: words[2],
      index: words[3],
      first: readNumber(words, 4),
      previousEnd: words[6],
      segmentWords: words[7],
      sealedEpoch: words[8],
      sealedEnd: readNumber(words, 9),
      isStableAtOnce: words[11] === 1,
    },
  };
}

/** Says in a segment of an earlier owner, if it is still there, that the log is another's now. */
export function markTakenOver(segments: SegmentStore, name: string, epoch: number): void {
  const segment = segments.open(name);
  if (typeof segment === "string") return;
  if (segment.words.length >= segmentHeaderWords) {
    segment.words[takenOverWord] = epoch;
    segment.commit?.(takenOverWord, takenOverWord + 1);
  }
  segment.close();
}

/** A whole number below 2^53, in two words. */
export function writeNumber(words: Int32Array, at: number, number: number): void {
  words[at] = number | 0;
  words[at + 1] = Math.floor(number / wordRange);
}

export function readNumber(words: Int32Array, at: number): number {
  return (words[at] >>> 0) + words[at + 1] * wordRange;
}

function headerSum(words: Int32Array): number {
  let sum = magic;
  for (let index = 1; index < lastWord; index++) {
    const word = index === takenOverWord ? 0 : words[index];
    sum = Math.imul(sum ^ word, 0x0100_0193);
  }
  return sum;
}
