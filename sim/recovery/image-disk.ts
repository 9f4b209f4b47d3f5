// Where the images of a simulated system are: one store for each process, which outlives every cell. Decides, apart
// from everything else, how large a log may grow, when what is being written gets on, where a cell is lost in the
// middle of it, and which image is damaged.
import type { Random } from "../../src/base/index.ts";
import { sha256 } from "../../src/boot/capture/image-file.ts";
import { SimDisk } from "../../src/machine/sim/index.ts";
import type { MessageLog } from "../../src/recovery/index.ts";
import { CellStore } from "./cell-store.ts";
import { SimImages } from "./images.ts";

interface Place {
  readonly disk: SimDisk;
  /** The blob of the image that the log was cut for last. */
  kept: string | undefined;
  /** Ways to bring the process up: good images of those two that are kept, or the start of its program. */
  ways: number;
}

export class ImageDisk {
  keptCount = 0;
  damagedCount = 0;
  readonly #random: Random;
  readonly #isFull: () => boolean;
  readonly #places = new Map<string, Place>();
  /** The cell that was begun last. */
  #epoch = 0;
  readonly #logBytesMax: number;

  constructor(random: Random, isFull: () => boolean) {
    this.#random = random;
    this.#isFull = isFull;
    this.#logBytesMax = random.pick([1, 200, 500, 1200]);
  }

  /** The images of all processes of a new cell. Throws CellLost if it is lost meanwhile. */
  open(epoch: number, names: readonly string[], logs: readonly MessageLog[]): SimImages[] {
    this.#epoch = epoch;
    return names.map((name, i) => {
      const place = this.#placeOf(name);
      const store = new CellStore(place.disk, this.#isFull);
      if (this.#random.chance(1, 60)) store.left = this.#random.below(2);
      return new SimImages({
        store,
        digest: sha256,
        name,
        epoch,
        log: logs[i]!,
        logBytesMax: this.#logBytesMax,
        onKept: (label) => this.#kept(place, epoch, label),
      });
    });
  }

  /** One of those that are being written gets on, or not yet. Throws CellLost if its cell is lost in the middle. */
  stepOneOf(writing: readonly SimImages[], isIdle: boolean): boolean {
    const random = this.#random;
    if (writing.length === 0 || (!isIdle && !random.chance(1, 5))) return false;
    const images = random.pick(writing);
    if (random.chance(1, 12)) images.store.left = random.below(8);
    images.step();
    images.store.left = Infinity;
    return true;
  }

  losePower(): void {
    for (const { disk } of this.#places.values()) disk.crash(this.#random);
  }

  /**
   * Now and then an image of a process goes bad: the newest, or the pages that no image before it has, or the one
   * that was heard of last. But not the only way to bring the process up.
   */
  damage(): void {
    const random = this.#random;
    for (const place of this.#places.values()) {
      if (place.ways < 2 || !random.chance(1, 4)) continue;
      const blobs = place.disk.list();
      const { kept = "" } = place;
      const blob =
        blobs.includes(kept) && random.chance(1, 2) ? kept : random.pick(newestBlobs(blobs));
      place.disk.damage(blob, random.below(place.disk.size(blob)));
      place.ways--;
      this.damagedCount++;
    }
  }

  #placeOf(name: string): Place {
    const place = this.#places.get(name) ?? { disk: new SimDisk(), kept: undefined, ways: 1 };
    this.#places.set(name, place);
    return place;
  }

  /** What an owner says that was taken over from means nothing. */
  #kept(place: Place, epoch: number, label: string): void {
    if (epoch !== this.#epoch) return;
    place.kept = label.replace(/\d+$/, (sequence) => `${sequence.padStart(12, "0")}.image`);
    this.keptCount++;
    place.ways = 2;
  }
}

/** The blobs of the image that was made last, by the last owner who made any. */
function newestBlobs(blobs: readonly string[]): string[] {
  const parts = blobs.flatMap((blob) => {
    const match = /-(\d+)\.(\d+)\.(?:image|pages)$/.exec(blob);
    return match === null ? [] : [{ blob, epoch: Number(match[1]), sequence: Number(match[2]) }];
  });
  const images = parts.filter(({ blob }) => blob.endsWith(".image"));
  const last = images.toSorted((a, b) => a.epoch - b.epoch || a.sequence - b.sequence).at(-1);
  const isOfLast = ({ epoch, sequence }: (typeof parts)[number]): boolean =>
    epoch === last?.epoch && sequence === last.sequence;
  return parts.filter(isOfLast).map(({ blob }) => blob);
}
