// The place in the copier (`memory-copier.ts`) of the pairs of spaces that exchanged messages lately: a
// look-up on the way of every long message. Each pair has one entry that it can be in, and shares it.
import { noPlace } from "./memory-copier.ts";

// A copy of an imported constant, which the engine folds only when it is a module's own.
const nowhere = noPlace;

const entryCount = 256;
const entryShift = 2;

/** Made once per core and closed over, for the reason that the kernel's fast path is. */
export interface PairCache {
  /** The place of a pair, or `noPlace` if it is not here. */
  find(from: number, to: number): number;
  remember(from: number, to: number, place: number): void;
  /** Spaces or their memories have changed. */
  clear(): void;
}

export function createPairCache(): PairCache {
  const entries = new Int32Array(entryCount << entryShift);
  const entryOf = (from: number, to: number): number =>
    ((from * 17 + to) & (entryCount - 1)) << entryShift;
  return {
    find: (from, to) => {
      const at = entryOf(from, to);
      return entries[at] === from && entries[at + 1] === to ? entries[at + 2]! : nowhere;
    },
    remember: (from, to, place) => {
      const at = entryOf(from, to);
      entries[at] = from;
      entries[at + 1] = to;
      entries[at + 2] = place;
    },
    clear: () => void entries.fill(nowhere),
  };
}
