// The random numbers of a realm: xoshiro128**, by Blackman and Vigna (2018), from a seed that the host drew
// and wrote down. Not for secrets, which `crypto` is for.

export class RealmRandom {
  readonly #state: Uint32Array;

  /** @param seed four words, not all of them zero */
  constructor(seed: readonly number[]) {
    this.#state = Uint32Array.from(seed);
  }

  word(): number {
    const s = this.#state;
    const result = Math.imul(rotated(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotated(s[3], 11);
    return result;
  }

  /** From 0 to less than 1, 53 bits. */
  next(): number {
    return ((this.word() >>> 5) * 67108864 + (this.word() >>> 6)) / 9007199254740992;
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
