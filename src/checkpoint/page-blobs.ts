// The pages of all images of a store: each is kept once, in the blob of the image that had it first. Which
// page is where is told by the manifests, so there is no index that could be lost or could lie.
import type { Store } from "../machine/store.ts";
import type { Plain } from "./content.ts";
import { type Digest, hexOf } from "./digest.ts";
import { ImageError } from "./image-error.ts";
import { digestOf, type Manifest } from "./manifest.ts";
import { PageTable } from "./page-table.ts";
import type { OpenImage } from "./read-image.ts";
import { check, readPart } from "./store-bytes.ts";
import { cut, manifestOf } from "./write-image.ts";

interface Home {
  readonly blob: string;
  readonly offset: number;
}

/** Pages are appended together: every append has a cost of its own. */
const appendBytes = 1024 * 1024;

export class PageBlobs {
  readonly #store: Store;
  readonly #digest: Digest;
  readonly #homes = new Map<string, Home>();
  #blob = "";
  #image = "";
  readonly #waiting = new Uint8Array(appendBytes);
  #waitingBytes = 0;
  #writtenBytes = 0;

  constructor(store: Store, digest: Digest) {
    this.#store = store;
    this.#digest = digest;
  }

  /** Remembers where the pages of a good image are, to share them. */
  learn(manifest: Manifest): void {
    manifest.sizes.forEach((_, page) => {
      this.#homes.set(hexOf(digestOf(manifest, page)), homeOf(manifest, page));
    });
  }

  /** The next image has its new pages in `blob`; what a crash may have left there is dropped. */
  begin(blob: string, image: string): void {
    this.#blob = blob;
    this.#image = image;
    this.#waitingBytes = 0;
    this.#writtenBytes = 0;
    this.#store.remove(blob);
  }

  /** Writes the pages of content that no image has yet, durably. Answers the manifest that names them all. */
  write(content: Plain): Manifest {
    const table = new PageTable(this.#digest);
    const homes: Home[] = [];
    const { tree, runs } = cut(content, table, (bytes, digest) => {
      homes.push(this.#homes.get(hexOf(digest)) ?? this.#put(bytes));
    });
    this.#append();
    if (this.#writtenBytes > 0) check(this.#image, this.#store.flush(this.#blob));
    return manifestOf(table, runs, tree, pageHomes(homes));
  }

  /** The image did not come to be: its pages are nobody's. */
  abandon(): void {
    this.#store.remove(this.#blob);
    this.#store.flush(this.#blob);
  }

  read({ image, manifest }: OpenImage, page: number): Uint8Array {
    const { blob, offset } = homeOf(manifest, page);
    const size = manifest.sizes[page]!;
    const bytes = this.#readFrom(image, blob, offset, size);
    if (bytes.length < size) throw new ImageError(image, "damaged", `page ${page} is missing`);
    return bytes;
  }

  /** Removes every blob of pages in which these images have none. */
  keepOnly(manifests: readonly Manifest[]): void {
    const used = new Set(manifests.flatMap(({ homes }) => homes?.blobs ?? []));
    for (const blob of this.#store.list()) {
      if (!blob.endsWith(".pages") || used.has(blob)) continue;
      this.#store.remove(blob);
      this.#store.flush(blob);
    }
    this.shareOnly(manifests);
  }

  /** Later images share the pages of these, and no others. */
  shareOnly(manifests: readonly Manifest[]): void {
    this.#homes.clear();
    for (const manifest of manifests) this.learn(manifest);
  }

  #readFrom(image: string, blob: string, offset: number, size: number): Uint8Array {
    try {
      return readPart(this.#store, blob, offset, size);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      throw new ImageError(image, "damaged", `its pages: ${error.message}`);
    }
  }

  #put(bytes: Uint8Array): Home {
    if (this.#waitingBytes + bytes.length > appendBytes) this.#append();
    const home = { blob: this.#blob, offset: this.#writtenBytes + this.#waitingBytes };
    this.#waiting.set(bytes, this.#waitingBytes);
    this.#waitingBytes += bytes.length;
    return home;
  }

  #append(): void {
    if (this.#waitingBytes === 0) return;
    const bytes = this.#waiting.subarray(0, this.#waitingBytes);
    check(this.#image, this.#store.append(this.#blob, bytes));
    this.#writtenBytes += this.#waitingBytes;
    this.#waitingBytes = 0;
  }
}

function homeOf({ homes }: Manifest, page: number): Home {
  const blob = homes?.blobs[homes.places[2 * page] ?? 0] ?? "";
  return { blob, offset: homes?.places[2 * page + 1] ?? 0 };
}

function pageHomes(homes: readonly Home[]): Manifest["homes"] {
  const blobs = [...new Set(homes.map(({ blob }) => blob))];
  const indexes = new Map(blobs.map((blob, i) => [blob, i]));
  return { blobs, places: homes.flatMap(({ blob, offset }) => [indexes.get(blob)!, offset]) };
}
