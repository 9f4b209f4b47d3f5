// How one entry of the log is laid down in a segment, so that a reader can tell a whole one from what
// a crash left of it. All in 32-bit words:
//
//   0   commit: tag (6 bits), kind (1 bit), words of payload (25 bits). Stored last; a place that was
//       never written has none.
//   1   checksum of the other words, of the place and of the segment
//   2.. payload
//
// A killed owner leaves whole frames and at most one without its commit word. A loss of power may keep
// any of the sectors that were not yet durable; then a checksum does not fit. What tells the two from
// damage is whether something behind a bad frame vouches for it, that is, was written when the frame
// was known to be stable: any frame where records are stable at once, a mark where they are not.
//
// The checksum is taken while copying: one multiplication and one addition a word (a polynomial in an odd
// number), so that an error in one word always shows, and words that were lost do, whatever they add up
// to. It begins with a seed that no other use of the same memory has, so that what an earlier use left is
// never taken for a frame. Four words go at a time, with the powers of the number multiplied out: the sum
// is the same, and the processor need not finish one multiplication before it begins the next.

export const frameHeaderWords = 2;

/** Data is a record. What a mark says is in mark.ts. */
export const FrameKind = { data: 0, mark: 1 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

const lengthBits = 25;
const kindBit = lengthBits;
const tagShift = kindBit + 1;
const lengthMask = 2 ** lengthBits - 1;
const factor = 0x0100_0193;
const factor2 = Math.imul(factor, factor);
const factor3 = Math.imul(factor2, factor);
const factor4 = Math.imul(factor3, factor);
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

/** Writes a whole frame at `at`, and answers where it ends. `commit`: a commit base with the length in it. */
export function writeFrame(
  target: Int32Array,
  at: number,
  seed: number,
  commit: number,
  payload: Int32Array,
): number {
  const length = commit & lengthMask;
  let sum = (seed + at + commit) | 0;
  const from = at + frameHeaderWords;
  // There is no frame until it is whole. (And the engine, having looked at the array once, does not in the loop.)
  target[at] = 0;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    const a = payload[index];
    const b = payload[index + 1];
    const c = payload[index + 2];
    const d = payload[index + 3];
    const to = from + index;
    target[to] = a;
    target[to + 1] = b;
    target[to + 2] = c;
    target[to + 3] = d;
    const high = (Math.imul(a, factor3) + Math.imul(b, factor2)) | 0;
    const low = (Math.imul(c, factor) + d) | 0;
    sum = (Math.imul(sum, factor4) + high + low) | 0;
  }
  for (; index < length; index++) {
    const word = payload[index];
    target[from + index] = word;
    sum = mix(sum, word);
  }
  target[at + 1] = sum;
  target[at] = commit;
  return from + length;
}

/** The commit word of the frame at `at`, or 0 if there is no whole and unspoilt one. */
export function frameAt(words: Int32Array, at: number, seed: number): number {
  if (at + frameHeaderWords > words.length) return 0;
  const commit = words[at];
  if (commit >>> tagShift !== commitBase(seed, FrameKind.data) >>> tagShift) return 0;
  const end = at + frameHeaderWords + payloadWords(commit);
  if (end > words.length) return 0;
  return checksum(words, at, end, seed) === words[at + 1] ? commit : 0;
}

/** Whether there is a whole frame at or after `from` of which `vouches` holds. */
export function someFrame(
  words: Int32Array,
  from: number,
  seed: number,
  vouches: (commit: number, payloadAt: number) => boolean,
): boolean {
  const tag = commitBase(seed, FrameKind.data) >>> tagShift;
  for (let at = from; at + frameHeaderWords <= words.length; at++) {
    if (words[at] >>> tagShift !== tag) continue;
    const commit = frameAt(words, at, seed);
    if (commit !== 0 && vouches(commit, at + frameHeaderWords)) return true;
  }
  return false;
}

function checksum(words: Int32Array, at: number, end: number, seed: number): number {
  let sum = (seed + at + words[at]) | 0;
  for (let index = at + frameHeaderWords; index < end; index++) sum = mix(sum, words[index]);
  return sum;
}

function mix(sum: number, word: number): number {
  return (Math.imul(sum, factor) + word) | 0;
}

/** Every bit of the input moves about half of the output (the finaliser of splitmix32). */
function stir(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
