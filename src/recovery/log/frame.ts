// How one entry of the log is laid down in a segment, so that a reader can tell a whole one from what
// a crash left of it. All in 32-bit words:
//
//   0   commit: tag (6 bits), kind (1 bit), words of payload (25 bits). Stored last; a place that was
//       never written has none.
//   1   vouched: how many records of this segment were stable when this one was written
//   2   checksum of the other words, of the place and of the segment
//   3.. payload
//
// A killed owner leaves whole frames and at most one without its commit word. A loss of power may keep
// any of the sectors that were not yet durable; then a checksum does not fit. The vouched count is what
// tells the two from damage: a bad frame that a later one knew to be stable is damage, a bad frame that
// nothing vouches for is the torn end of what nobody was promised.
//
// The checksum has two sums, as Fletcher's has ("An arithmetic checksum for serial transmissions", 1982):
// one of the words and one of the first. They are taken modulo 2^32 while copying, and the first one is
// rotated at every word, since otherwise an error in the highest bits would stay there and a quarter of
// a percent of them would cancel out. They begin with a seed that no other use of the same memory has,
// so that what an earlier use left behind is never taken for a frame.

export const frameHeaderWords = 3;

/**
 * Data is a record. A mark says where the log begins and in which image; one without a payload says
 * that another segment follows.
 */
export const FrameKind = { data: 0, mark: 1 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

const lengthBits = 25;
const kindBit = lengthBits;
const tagShift = kindBit + 1;
const lengthMask = 2 ** lengthBits - 1;
export const payloadWordsMax = lengthMask;

/** What all frames of one use of a segment have in common. */
export function seedOf(epoch: number, index: number): number {
  return stir(stir(epoch + 0x51ed2701) ^ index);
}

/** The part of a commit word that does not change from frame to frame. */
export function commitBase(seed: number, kind: FrameKind): number {
  return ((1 + ((seed >>> 0) % 63)) << tagShift) | (kind << kindBit);
}

export function payloadWords(commit: number): number {
  return commit & lengthMask;
}

export function isMark(commit: number): boolean {
  return ((commit >>> kindBit) & 1) === FrameKind.mark;
}

/** Writes a whole frame at `at`. `commit` is a commit base with the length in it. */
export function writeFrame(
  target: Int32Array,
  at: number,
  seed: number,
  commit: number,
  vouched: number,
  payload: Int32Array,
): void {
  const length = commit & lengthMask;
  let sum = (seed + at) | 0;
  let weighted = (commit ^ Math.imul(vouched, spread)) | 0;
  const to = at + frameHeaderWords;
  for (let index = 0; index < length; index++) {
    const word = payload[index];
    target[to + index] = word;
    sum = (((sum << 7) | (sum >>> 25)) + word) | 0;
    weighted = (weighted + sum) | 0;
  }
  target[at + 1] = vouched;
  target[at + 2] = stir(sum) ^ weighted;
  target[at] = commit;
}

/** The commit word of the frame at `at`, or 0 if there is no whole and unspoilt one. */
export function frameAt(words: Int32Array, at: number, seed: number): number {
  if (at + frameHeaderWords > words.length) return 0;
  const commit = words[at];
  if (commit >>> tagShift !== commitBase(seed, FrameKind.data) >>> tagShift) return 0;
  const end = at + frameHeaderWords + payloadWords(commit);
  if (end > words.length) return 0;
  return checksum(words, at, end, seed) === words[at + 2] ? commit : 0;
}

/** Whether a whole frame after `from` knew that more than `count` records were stable. */
export function isVouchedFor(
  words: Int32Array,
  from: number,
  seed: number,
  count: number,
): boolean {
  for (let at = from; at + frameHeaderWords <= words.length; at++) {
    if (words[at] !== 0 && words[at + 1] > count && frameAt(words, at, seed) !== 0) return true;
  }
  return false;
}

const spread = 0x9e3779b1;

function checksum(words: Int32Array, at: number, end: number, seed: number): number {
  let sum = (seed + at) | 0;
  let weighted = (words[at] ^ Math.imul(words[at + 1], spread)) | 0;
  for (let index = at + frameHeaderWords; index < end; index++) {
    sum = (((sum << 7) | (sum >>> 25)) + words[index]) | 0;
    weighted = (weighted + sum) | 0;
  }
  return stir(sum) ^ weighted;
}

/** Every bit of the input moves about half of the output (the finaliser of splitmix32). */
function stir(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
