// How long to look for lines before sleeping. It has to be longer than a wake-up takes: otherwise one side always
// sleeps when the other one writes, each wake-up makes the next one necessary, and both stay slow for good. And where
// there are more threads than processors it has to be nothing: whoever looks keeps away whoever would write.
import { availableParallelism } from "node:os";

/** What is known of a machine. */
export interface Surroundings {
  /** Threads that look for lines. */
  readonly threads: number;
  /** What one wake-up takes here: see `measureWakeNs`. */
  readonly wakeNs: number;
  /** Processors that this process may use; what the host says unless given. */
  readonly processors?: number;
}

/**
 * Nobody looks for less than this, since a wake-up was perhaps measured while both threads had one processor, or for
 * more, since it is processor time that others could use.
 */
const patienceNsMin = 50_000;
const patienceNsMax = 200_000;

/** Nanoseconds to go on looking after the last line. 0: not at all. */
export function patienceOf({ threads, wakeNs, processors }: Surroundings): number {
  if (threads > (processors ?? availableParallelism())) return 0;
  return Math.min(Math.max(2 * wakeNs, patienceNsMin), patienceNsMax);
}

/** About what one look takes, ns. */
const lookNs = 5;

/** The same as a number of looks, for those who do not read the clock in between. */
export function looksIn(patienceNs: number): number {
  return Math.ceil(patienceNs / lookNs);
}

/**
 * Measures what it takes to wake a thread, with a thread at either side that calls this at the same time. Both get
 * the same answer, more or less.
 *
 * @param words Two words that both see and nobody else uses, zero at first.
 * @param side Which of the two this thread is.
 */
export function measureWakeNs(words: Int32Array, side: 0 | 1, rounds = 20): number {
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const beginMs = performance.now();
    if (side === 0) pass(words, 0, round);
    awaitWord(words, 1 - side, round);
    if (side === 1) pass(words, 1, round);
    times.push(((performance.now() - beginMs) * 1e6) / 2);
  }
  return times.toSorted((a, b) => a - b)[rounds >> 1];
}

function pass(words: Int32Array, word: number, round: number): void {
  Atomics.store(words, word, round);
  Atomics.notify(words, word);
}

function awaitWord(words: Int32Array, word: number, round: number): void {
  while (Atomics.load(words, word) !== round) Atomics.wait(words, word, round - 1);
}
