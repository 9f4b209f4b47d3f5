// Simulated segments. The medium keeps, for every segment, what is durable and what is in memory, in
// sectors: a loss of power leaves of each sector that was not yet durable what it was, what it became,
// something it was in between, or a part of both. A sync takes its time, and whoever drives the
// simulation says when. The medium outlives the store that is opened on it, as a disk does.
import { assert, type Random } from "../../base/index.ts";
import {
  isSegmentName,
  isSegmentSize,
  type Segment,
  type SegmentRefusal,
  type SegmentStore,
} from "../segments.ts";

export interface SegmentDiskOptions {
  /** Room for all segments together. */
  readonly capacityBytes?: number;
}

const sectorWords = 512 / 4;

interface Medium {
  words: Int32Array;
  durable: Version;
  /** Later contents, any sector of which may have reached the device. */
  between: Version[];
}

/** The words as they were at one time, which is a count. */
interface Version {
  readonly at: number;
  readonly words: Int32Array;
}

interface Sync {
  readonly medium: Medium;
  /** What was there when it was asked for: at least that becomes durable. */
  readonly version: Version;
  readonly finish: (isDurable: boolean) => void;
}

export class SegmentDisk {
  capacityBytes: number;
  /** Whether the device refuses to sync from now on. */
  isFailing = false;
  readonly #media = new Map<string, Medium>();
  /** Taken away, but not known to be so after a loss of power. */
  readonly #removed = new Map<string, Medium>();
  #syncs: Sync[] = [];
  #versionCount = 0;

  constructor(options: SegmentDiskOptions = {}) {
    this.capacityBytes = options.capacityBytes ?? Infinity;
  }

  /** A store on this disk, as one owner has it. */
  store(): SegmentStore {
    return {
      create: (name, bytes) => this.#create(name, bytes),
      open: (name) => this.#open(name),
      remove: (name) => this.#remove(name),
      list: () => [...this.#media.keys()].toSorted(),
      close: () => undefined,
    };
  }

  get pendingSyncs(): number {
    return this.#syncs.length;
  }

  /** Finishes the sync that was asked for first. */
  finishSync(): void {
    const sync = this.#syncs.shift();
    assert(sync !== undefined, "a sync is under way");
    if (!this.isFailing) makeDurable(sync.medium, sync.version);
    sync.finish(!this.isFailing);
  }

  /** The operating system writes back what it likes, when it likes: this is one moment of that. */
  writeBack(): void {
    for (const medium of this.#media.values()) medium.between.push(this.#versionOf(medium.words));
  }

  /** The OS process dies: what it wrote stays, what it asked for is not answered. */
  kill(): void {
    this.#syncs = [];
  }

  /** The power fails. Segments that are open go on to be words, but not words of this disk. */
  losePower(random: Random): void {
    this.kill();
    for (const [name, medium] of this.#removed) {
      if (!this.#media.has(name) && random.chance(1, 2)) this.#media.set(name, medium);
    }
    this.#removed.clear();
    for (const medium of this.#media.values()) {
      // The owner from before the loss still holds the old array, which is not on this disk any more.
      medium.words = withSomeSectors(medium, random);
      medium.durable = this.#versionOf(medium.words);
      medium.between = [];
    }
  }

  /** The words of a segment as they are on the disk now, to be damaged. */
  wordsOf(name: string): Int32Array {
    const medium = this.#media.get(name);
    assert(medium !== undefined, "the segment is there");
    return medium.words;
  }

  #versionOf(words: Int32Array): Version {
    return { at: this.#versionCount++, words: words.slice() };
  }

  #create(name: string, bytes: number): Segment | SegmentRefusal {
    if (!isSegmentName(name) || !isSegmentSize(bytes)) return "invalid";
    if (this.#media.has(name)) return "exists";
    let usedBytes = bytes;
    for (const { words } of this.#media.values()) usedBytes += words.length * 4;
    if (usedBytes > this.capacityBytes) return "full";
    const words = new Int32Array(bytes / 4);
    this.#media.set(name, { words, durable: this.#versionOf(words), between: [] });
    return this.#open(name);
  }

  #open(name: string): Segment | SegmentRefusal {
    if (!isSegmentName(name)) return "invalid";
    const medium = this.#media.get(name);
    if (medium === undefined) return "missing";
    return {
      words: medium.words,
      sync: (finish) => {
        this.#syncs.push({ medium, version: this.#versionOf(medium.words), finish });
      },
      syncNow: () => {
        if (!this.isFailing) makeDurable(medium, this.#versionOf(medium.words));
        return !this.isFailing;
      },
      close: () => undefined,
    };
  }

  #remove(name: string): SegmentRefusal | undefined {
    const medium = this.#media.get(name);
    if (medium === undefined) return isSegmentName(name) ? "missing" : "invalid";
    this.#media.delete(name);
    this.#removed.set(name, medium);
    return undefined;
  }
}

function makeDurable(medium: Medium, version: Version): void {
  // A sync that was asked for earlier may be told of later.
  if (version.at < medium.durable.at) return;
  medium.durable = version;
  medium.between = medium.between.filter(({ at }) => at > version.at);
}

/** Puts together, of every version, some sectors. */
function withSomeSectors(medium: Medium, random: Random): Int32Array {
  const durable = medium.durable.words;
  const versions = [durable, medium.words, ...medium.between.map(({ words }) => words)];
  const kept = durable.slice();
  for (let at = 0; at < kept.length; at += sectorWords) {
    const end = Math.min(at + sectorWords, kept.length);
    const torn = random.chance(1, 8) ? random.between(at, end) : end;
    kept.set(random.pick(versions).subarray(at, torn), at);
    kept.set(random.pick(versions).subarray(torn, end), torn);
  }
  return kept;
}
