// Images that are written while their process goes on. It stands still while its memory is copied; a thread
// hashes and writes the copy, and the log is cut when the image is durable. Until then, and if it never is,
// the image before it is the one that counts.
//
// It is written when the log before it is stable: an image ahead of that would be good for nothing after a loss of
// power, and have taken the place of one that is.
import { LogStatus } from "../../recovery/index.ts";
import type { DurableImage, DurableImages } from "./durable-images.ts";
import { StoredImages, type StoredImagesOptions } from "./durable-images.ts";
import { ImageWriter } from "./image-writer.ts";
import type { ImageWritten } from "./image-writer-thread.ts";

export interface BackgroundImagesOptions extends StoredImagesOptions {
  /** Where the store is. */
  readonly directory: string;
  /** An image is durable, and the log is cut. */
  readonly onKept?: (() => void) | undefined;
}

export class BackgroundImages implements DurableImages {
  readonly onRefused: ((error: unknown) => void) | undefined;
  readonly #options: BackgroundImagesOptions;
  readonly #stored: StoredImages;
  readonly #writer: ImageWriter;
  #hasFailed = false;

  constructor(options: BackgroundImagesOptions) {
    const { directory, name, epoch } = options;
    this.#options = options;
    this.onRefused = options.onRefused;
    this.#stored = new StoredImages(options);
    this.#writer = new ImageWriter({ directory, name, epoch });
  }

  /** While one is written the log has to wait for the next. */
  get logBytesMax(): number {
    return this.#writer.isBusy || this.#hasFailed ? Infinity : this.#options.logBytesMax;
  }

  prepare(memoryBytes: number): void {
    this.#writer.prepare(memoryBytes);
  }

  newest(limit?: number): DurableImage | undefined {
    return this.#stored.newest(limit);
  }

  /** Returns when the image is copied. Nothing is done while another is being written. */
  save(image: DurableImage): void {
    if (this.#writer.isBusy) return;
    const { position } = image.door;
    const whenStable = (begin: () => void): void => {
      this.#options.log.whenStable(position, (status) => status === LogStatus.ok && begin());
    };
    this.#writer.write(image, whenStable, (written) => this.#written(position, written));
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  #written(position: number, written: ImageWritten): void {
    if ("refused" in written) {
      // Where there was no room there may be some when the log has grown by as much again.
      this.#hasFailed = !written.isFull;
      this.onRefused?.(new Error(written.refused));
      return;
    }
    this.#stored.kept(position, written.label);
    this.#options.onKept?.();
  }
}
