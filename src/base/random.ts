// Random numbers that a seed decides, for simulation, workloads and tests; never for secrets.
// The generator is xoshiro128** (Blackman and Vigna), whose whole state is four 32-bit words; a seed
// is spread over them by splitmix32. Streams made with different labels from one seed do not disturb
// each other: drawing more from one leaves the others as they were, so a run changes only where its
// code changed.
import { assert } from "./assert.ts";

export class Random {
  /** The state, in plain sight so that it can be exported and put back. Never all zero. */
  readonly words: Uint32Array;

  constructor(seed: number, label = "") {
    let mixed = hashLabel(label, seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1);
    this.words = new Uint32Array(4);
    for (let index = 0; index < 4; index++) {
      mixed = (mixed + 0x9e3779b9) | 0;
      this.words[index] = avalanche(mixed);
    }
    if (this.words.every((word) => word === 0)) this.words[0] = 1;
  }

  /** The next 32 bits, as an unsigned number. */
  next(): number {
    const words = this.words;
    const result = Math.imul(rotateLeft(Math.imul(words[1], 5), 7), 9) >>> 0;
    const shifted = words[1] << 9;
    words[2] ^= words[0];
    words[3] ^= words[1];
    words[1] ^= words[2];
    words[0] ^= words[3];
    words[2] ^= shifted;
    words[3] = rotateLeft(words[3], 11);
    return result;
  }

  /** A whole number from 0 to `limit - 1`, each equally likely; limit is 1 to 2^32. */
  below(limit: number): number {
    assert(limit >= 1 && limit <= 2 ** 32, "limit of a random draw", limit);
    // The top end that is not a whole multiple of the limit would favour small results.
    const fair = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const drawn = this.next();
      if (drawn < fair) return drawn % limit;
    }
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True `numerator` times out of `denominator`. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  /** One element of a list that is not empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** Fills bytes. Each byte takes the top of its own draw, so that slices of a fill are its parts. */
  fill(target: Uint8Array): void {
    for (let index = 0; index < target.length; index++) target[index] = this.next() >>> 24;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The finaliser of splitmix32: every bit of the input moves about half of the output. */
function avalanche(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

function hashLabel(label: string, start: number): number {
  let hash = start;
  for (let index = 0; index < label.length; index++) {
    hash = avalanche((hash ^ label.charCodeAt(index)) + 0x9e3779b9);
  }
  return hash;
}
