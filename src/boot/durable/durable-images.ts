// Images of a durable process: what bounds its log, and the time that bringing it up takes. The newest two
// are kept, and the log from the older one on, so that a damaged image costs a longer replay and no more.
import {
  type Digest,
  ImageError,
  ImageStore,
  type Plain,
  type StoredImage,
} from "../../checkpoint/index.ts";
import type { Store } from "../../machine/store.ts";
import type { ProgramState } from "../../process/index.ts";
import { type DoorState, type MessageLog, servesPoison } from "../../recovery/index.ts";
import type { Descriptor } from "../../wasi/index.ts";
import { LogSeals } from "./log-seals.ts";

/** Raised whenever the content is described differently. */
const durableVersion = 2;

/** A program, and what it has open. */
export interface ProgramImage {
  readonly state: ProgramState;
  readonly rows: readonly (Descriptor | null)[];
}

export interface DurableImage {
  readonly door: DoorState;
  readonly program: ProgramImage;
}

export interface DurableImages {
  /** Bytes in the log after which an image is made. */
  readonly logBytesMax: number;
  /** An image of so much memory will soon be due: what can be got ready for it is. */
  prepare?(memoryBytes: number): void;
  /** No more images can be made of the process. */
  readonly onRefused?: ((error: unknown) => void) | undefined;
  /**
   * The newest good image that the log still goes on from, at record `limit` or before. None is needed where there
   * is none and the log is whole. Throws LostImageError if one is.
   */
  newest(limit?: number): DurableImage | undefined;
  /**
   * Keeps an image, at once or when it comes to it, and cuts the log then at the one before it. What the image
   * is a view of may change as soon as this returns. Throws if it cannot be kept.
   */
  save(image: DurableImage): void;
}

export interface StoredImagesOptions {
  readonly store: Store;
  readonly digest: Digest;
  readonly name: string;
  /** Of this owner of the log: larger than that of every owner before. */
  readonly epoch: number;
  /** The log as this owner has taken it over. */
  readonly log: MessageLog;
  readonly logBytesMax: number;
  /** The log is not cut: it goes back to the start of the program for ever. */
  readonly keepsLog?: boolean | undefined;
  /** They are looked at by somebody who does not own the log. */
  readonly isReadOnly?: boolean;
  readonly onRefused?: ((error: unknown) => void) | undefined;
  /** An image was passed over, for the one before it. */
  readonly onDamaged?: ((error: ImageError) => void) | undefined;
}

/** Of a log that was cut the image is gone which it goes on from. */
export class LostImageError extends Error {
  override readonly name = "LostImageError";
}

interface Content extends DurableImage {
  readonly durableVersion: number;
}

/** An image of this process, by the owner that made it. */
interface OwnedImage {
  readonly epoch: number;
  readonly stored: StoredImage;
}

/** Images of each owner that are kept. */
const keptImages = 2;

export class StoredImages implements DurableImages {
  readonly logBytesMax: number;
  readonly onRefused: ((error: unknown) => void) | undefined;
  readonly #options: StoredImagesOptions;
  readonly #images: ImageStore;
  readonly #seals: LogSeals;
  /** Where the log is to be cut when the next image is kept. */
  #last: { readonly position: number; readonly name: string } | undefined;
  #ownCount = 0;

  /** Says, for owners to come, how much of the log the owners before this one have written. */
  constructor(options: StoredImagesOptions) {
    const { store, digest, name, epoch, log } = options;
    this.#options = options;
    this.logBytesMax = options.logBytesMax;
    this.onRefused = options.onRefused;
    this.#images = new ImageStore(store, digest);
    this.#seals = new LogSeals(store, name);
    if (options.isReadOnly !== true) this.#seals.seal(epoch, log.end);
  }

  newest(limit = Infinity): DurableImage | undefined {
    const { log } = this.#options;
    const useless: StoredImage[] = [];
    for (const owned of this.#list()) {
      const image = this.#tryLoad(owned, useless);
      if (image === undefined || !this.#reaches(owned, image, limit, useless)) continue;
      this.#rely(owned.stored, useless);
      this.#last = { position: image.door.position, name: labelOf(owned.stored) };
      return image;
    }
    if (log.first === 0) {
      this.#rely(undefined, useless);
      return undefined;
    }
    throw new LostImageError(
      `the log goes on from an image (${log.image ?? "unnamed"}) that is missing or damaged`,
    );
  }

  #tryLoad({ epoch, stored }: OwnedImage, useless: StoredImage[]): DurableImage | undefined {
    const label = labelOf(stored);
    try {
      return checked(this.#images.load(stored), label);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      const isDamaged = error.reason === "damaged" || error.reason === "cut";
      // One of our own that was not heard of may be just being written.
      const isComplete = epoch < this.#options.epoch || label === this.#last?.name;
      if (isDamaged && isComplete) useless.push(stored);
      this.#options.onDamaged?.(error);
      return undefined;
    }
  }

  /** Whether the log, as far as its owner wrote it and to the limit, goes on from an image. */
  #reaches(
    { epoch, stored }: OwnedImage,
    { door: { position } }: DurableImage,
    limit: number,
    useless: StoredImage[],
  ): boolean {
    const { log } = this.#options;
    if (position < log.first || position > Math.min(log.end, this.#limitOf(epoch), limit))
      return false;
    if (!servesPoison(log, position)) return true;
    useless.push(stored);
    return false;
  }

  /**
   * The process goes on from this image, or from its start. Newer ones that are good for nothing are removed: later
   * ones would share their pages, bad ones among them, and be counted among those that are kept.
   */
  #rely(image: StoredImage | undefined, useless: readonly StoredImage[]): void {
    if (this.#options.isReadOnly === true) return;
    for (const one of useless) this.#images.remove(one);
    // Its owner may have been lost before it had made sure of that.
    if (image !== undefined) this.#images.makeDurable(image);
  }

  save(image: DurableImage): void {
    this.kept(image.door.position, this.store(image));
  }

  /** Writes an image, and removes those that it makes unnecessary. Answers its name; it is durable then. */
  store(image: DurableImage): string {
    const { name, epoch } = this.#options;
    const content: Content = { durableVersion, ...image };
    const stored = this.#images.save(`${name}-${epoch}`, content as unknown as Plain);
    // What looks unnecessary to an owner that was stopped may be an image that its successor is just writing.
    if (this.#seals.isLast(epoch)) {
      if (++this.#ownCount >= keptImages) this.#removeOlder();
      this.#images.collect(keptImages);
    }
    return labelOf(stored);
  }

  /** An image of so much of the log is durable: the log is cut at the one before it, unless it is to be kept. */
  kept(position: number, name: string): void {
    const { log, keepsLog } = this.#options;
    // While it was written, what the process did turned out to be the end of it.
    if (servesPoison(log, position)) return;
    const last = this.#last;
    this.#last = { position, name };
    // The process may have been brought up from it before this was heard: then it is its own.
    const isOlder = last !== undefined && last.name !== name;
    if (isOlder && keepsLog !== true) log.cut(last.position, last.name);
  }

  /** The newest first. Those of later owners are none of ours. */
  #list(): OwnedImage[] {
    const { name, epoch: own } = this.#options;
    const images: OwnedImage[] = [];
    for (const stored of this.#images.list()) {
      const epoch = epochOf(stored.name, name);
      if (epoch !== undefined && epoch <= own) images.push({ epoch, stored });
    }
    return images.toSorted((a, b) => b.epoch - a.epoch || b.stored.sequence - a.stored.sequence);
  }

  /** How far an owner wrote the log: what it did later, being paused meanwhile, does not count. */
  #limitOf(epoch: number): number {
    return this.#seals.limitOf(epoch, this.#options.epoch);
  }

  #removeOlder(): void {
    const { epoch: own } = this.#options;
    for (const { epoch, stored } of this.#list()) if (epoch < own) this.#images.remove(stored);
    this.#seals.removeBefore(own);
  }
}

/** Whether a process can be brought up to before a record, so that it can pass over it. */
export function goesBackTo(record: number, images: DurableImages | undefined): boolean {
  try {
    images?.newest(record);
    return true;
  } catch (error) {
    if (error instanceof LostImageError) return false;
    throw error;
  }
}

function labelOf({ name, sequence }: StoredImage): string {
  return `${name}.${sequence}`;
}

/** The owner's number in the name of an image. */
function epochOf(imageName: string, name: string): number | undefined {
  const match = /^(.*)-(\d+)$/.exec(imageName);
  return match?.[1] === name ? Number(match[2]) : undefined;
}

function checked(content: Plain, image: string): DurableImage {
  const read = content as unknown as Content;
  if (read.durableVersion === durableVersion) return read;
  throw new Error(
    `the image ${image} has version ${read.durableVersion}, and this Shoal reads ${durableVersion}: bring ` +
      "the process up with the Shoal that made it",
  );
}
