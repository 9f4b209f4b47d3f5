// Finds what the last owner of a log left. That owner may only be paused and wake up while it is read,
// so the segments are copied first and the copies are checked; if they are not good and others are
// found by then, it is done again.
import type { SegmentStore } from "../../machine/segments.ts";
import { type Chain, readChain, type Snapshot } from "./chain.ts";
import { LogRefusedError } from "./log-refused.ts";
import { type SegmentName, segmentsOf } from "./segment-names.ts";

/** How often a log is read again because it changed under the reader. */
const attemptsMax = 8;

/**
 * What the newest owner before `epoch` left, if there was any.
 *
 * @throws LogRefusedError if something is there that cannot be used.
 */
export function readLog(segments: SegmentStore, log: string, epoch: number): Chain | undefined {
  let before = takeSnapshots(segments, log, epoch);
  for (let attempt = 1; ; attempt++) {
    try {
      return newestChain(log, before);
    } catch (error) {
      const after = takeSnapshots(segments, log, epoch);
      if (attempt === attemptsMax || areSame(before, after)) throw error;
      before = after;
    }
  }
}

interface Stored extends Snapshot {
  readonly epoch: number;
}

function newestChain(log: string, stored: readonly Stored[]): Chain | undefined {
  let unowned: Chain | undefined;
  for (const epoch of new Set(stored.map((segment) => segment.epoch))) {
    const own = stored.filter((segment) => segment.epoch === epoch);
    const chain = readChain(log, epoch, own);
    if (chain?.mark !== undefined) return chain;
    // Its owner died while it was copying what it took over, which must therefore be there still.
    if (chain !== undefined && chain.sealedEpoch > 0) unowned = chain;
  }
  if (unowned === undefined) return undefined;
  const detail = `epoch ${unowned.epoch} took over from epoch ${unowned.sealedEpoch}, of which nothing is there`;
  throw new LogRefusedError(log, "missing", detail);
}

function takeSnapshots(segments: SegmentStore, log: string, epoch: number): Stored[] {
  const earlier = segmentsOf(log, segments.list()).filter((name) => name.epoch < epoch);
  return earlier.flatMap((name) => takeSnapshot(segments, log, name));
}

function takeSnapshot(segments: SegmentStore, log: string, { name, epoch }: SegmentName): Stored[] {
  const segment = segments.open(name);
  // Its owner has just removed it.
  if (segment === "missing") return [];
  if (typeof segment === "string") {
    throw new LogRefusedError(log, "failed", `segment ${name} cannot be opened (${segment})`);
  }
  const words = segment.words.slice();
  segment.close();
  return [{ name, epoch, words }];
}

function areSame(before: readonly Stored[], after: readonly Stored[]): boolean {
  if (before.length !== after.length) return false;
  return before.every(({ name, words }, place) => {
    const other = after[place];
    return name === other.name && areSameWords(words, other.words);
  });
}

function areSameWords(left: Int32Array, right: Int32Array): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index]);
}
