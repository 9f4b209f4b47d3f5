// A digest of what a process said in a call: 32 bits that tell whether it said the same again. It guards
// against divergence, not against an adversary. The mixing steps are those of MurmurHash3 (Appleby, 2011).

export const emptyDigest = 0x5348_6f61;

/** Adds a word. */
export function mixWord(digest: number, word: number): number {
  let k = Math.imul(word, 0xcc9e_2d51);
  k = (k << 15) | (k >>> 17);
  const mixed = digest ^ Math.imul(k, 0x1b87_3593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe654_6b64) | 0;
}

/** Adds bytes and how many they are. */
export function mixBytes(digest: number, bytes: Uint8Array): number {
  const whole = bytes.length & ~3;
  let mixed = mixWord(digest, bytes.length);
  for (let i = 0; i < whole; i += 4) {
    const low = bytes[i]! | (bytes[i + 1]! << 8);
    mixed = mixWord(mixed, low | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
  }
  let tail = 0;
  for (let i = whole; i < bytes.length; i++) tail |= bytes[i]! << ((i - whole) * 8);
  return whole === bytes.length ? mixed : mixWord(mixed, tail);
}
