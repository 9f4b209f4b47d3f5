// Images of one system in a store. Of each name the newest good image counts, and the one before it is kept
// until then. An image is two blobs: `NAME.SEQUENCE.pages` with the pages that no earlier image of any name
// had, and `NAME.SEQUENCE.image` with the rest, which is one append and so there whole or not at all. It is
// made only after its pages are durable: whatever a crash leaves behind, an image that is there is complete.
import { joinBytes } from "../base/index.ts";
import type { Store } from "../machine/store.ts";
import type { Plain } from "./content.ts";
import type { Digest } from "./digest.ts";
import { headerBytes, encodeHeader, encodeTrailer, trailerBytes } from "./envelope.ts";
import { ImageError } from "./image-error.ts";
import { encodeManifest, type Manifest } from "./manifest.ts";
import { PageBlobs } from "./page-blobs.ts";
import { contentOf, openImage, type OpenImage, type Progress } from "./read-image.ts";
import { check, readBlob } from "./store-bytes.ts";

/** An image of a name, by its place in the order in which they were made. */
export interface StoredImage {
  readonly name: string;
  readonly sequence: number;
}

/** What the newest good image says, and why newer ones were passed over. */
export interface FoundImage extends StoredImage {
  readonly content: Plain;
  readonly refused: readonly ImageError[];
}

const sequenceDigits = 12;

export class ImageStore {
  readonly #store: Store;
  readonly #digest: Digest;
  readonly #pages: PageBlobs;
  /** The images whose pages the next one may share: the names of their blobs, sorted. */
  #shared: readonly string[] = [];

  constructor(store: Store, digest: Digest) {
    this.#store = store;
    this.#digest = digest;
    this.#pages = new PageBlobs(store, digest);
  }

  /** All images there are, good or not, the older ones of a name first. */
  list(): readonly StoredImage[] {
    const names = this.#store.list().filter((blob) => blob.endsWith(".image"));
    return names.map(imageOf).filter((image) => image !== undefined);
  }

  /** Makes the next image of a name; it is durable when this returns. Throws an ImageError if it is not. */
  save(name: string, content: Plain): StoredImage {
    const image = { name, sequence: this.#nextSequence(name) };
    const blob = blobOf(image, "image");
    this.#share();
    this.#pages.begin(blobOf(image, "pages"), blob);
    try {
      const manifest = this.#pages.write(content);
      const packed = encodeManifest(manifest);
      const trailer = encodeTrailer(packed, headerBytes, this.#digest);
      check(blob, this.#store.append(blob, joinBytes([encodeHeader(), packed, trailer])));
      check(blob, this.#store.flush(blob));
      this.#pages.learn(manifest);
      this.#shared = [...this.#shared, blob].toSorted();
      return image;
    } catch (error) {
      this.remove(image);
      this.#pages.abandon();
      throw error;
    }
  }

  /** The newest image of a name that is whole. Throws why each was refused if none is. */
  newest(name: string, progress?: Progress): FoundImage {
    const refused: ImageError[] = [];
    const images = this.list().filter((image) => image.name === name);
    for (const image of images.toReversed()) {
      try {
        return { ...image, content: this.load(image, progress), refused };
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        refused.push(error);
      }
    }
    const [first] = refused;
    throw first ?? new ImageError(name, "missing");
  }

  load(image: StoredImage, progress?: Progress): Plain {
    const opened = this.#open(image);
    return contentOf(opened, (page) => this.#pages.read(opened, page), this.#digest, progress);
  }

  /** Makes sure of an image that is there: whoever saved it may have been lost just before that was done. */
  makeDurable(image: StoredImage): void {
    const blob = blobOf(image, "image");
    check(blob, this.#store.flush(blob));
  }

  remove(image: StoredImage): void {
    const blob = blobOf(image, "image");
    this.#store.remove(blob);
    this.#store.flush(blob);
  }

  /** Keeps the newest good images of each name, and removes the others and all pages that no image has. */
  collect(keptOfEach = 2): void {
    const kept = new Map<string, number>();
    const manifests: Manifest[] = [];
    const shared: string[] = [];
    for (const image of this.list().toReversed()) {
      const opened = this.#tryOpen(image);
      const count = kept.get(image.name) ?? 0;
      if (opened instanceof ImageError || count >= keptOfEach) {
        this.remove(image);
        continue;
      }
      kept.set(image.name, count + 1);
      manifests.push(opened.manifest);
      shared.push(blobOf(image, "image"));
    }
    this.#pages.keepOnly(manifests);
    this.#shared = shared.toSorted();
  }

  /** The pages of all images that are there now: somebody else may have removed one whose pages are bad. */
  #share(): void {
    const images = this.list();
    const names = images.map((image) => blobOf(image, "image"));
    if (names.join() === this.#shared.join()) return;
    this.#shared = names;
    const opened = images.map((image) => this.#tryOpen(image));
    this.#pages.shareOnly(
      opened.flatMap((one) => (one instanceof ImageError ? [] : [one.manifest])),
    );
  }

  #tryOpen(image: StoredImage): OpenImage | ImageError {
    try {
      return this.#open(image);
    } catch (error) {
      if (error instanceof ImageError) return error;
      throw error;
    }
  }

  #open(image: StoredImage): OpenImage {
    const blob = blobOf(image, "image");
    const bytes = readBlob(this.#store, blob);
    if (bytes.length < headerBytes + trailerBytes) throw new ImageError(blob, "cut");
    const read = (offset: number, count: number): Uint8Array =>
      bytes.subarray(offset, offset + count);
    const opened = openImage(blob, { bytes: bytes.length, read }, this.#digest);
    if (opened.manifest.homes === null || opened.pagesEnd !== headerBytes) {
      throw new ImageError(blob, "damaged", "it does not say where its pages are");
    }
    return opened;
  }

  #nextSequence(name: string): number {
    const own = this.list().filter((image) => image.name === name);
    return own.reduce((most, { sequence }) => Math.max(most, sequence), 0) + 1;
  }
}

function blobOf({ name, sequence }: StoredImage, part: "image" | "pages"): string {
  return `${name}.${String(sequence).padStart(sequenceDigits, "0")}.${part}`;
}

function imageOf(blob: string): StoredImage | undefined {
  const found = /^(.+)\.(\d{12})\.image$/.exec(blob);
  return found === null ? undefined : { name: found[1]!, sequence: Number(found[2]) };
}
