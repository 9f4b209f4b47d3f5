// The images of one process of the simulation, as one owner of its log has them. They are kept by the code that
// keeps those of real processes; only the thread that writes them is a step that somebody else decides on, and so
// is the moment in which its answer is heard.
import {
  type DurableImage,
  type ProgramImage,
  StoredImages,
  type StoredImagesOptions,
} from "../../src/boot/durable/durable-images.ts";
import { ImageError } from "../../src/checkpoint/index.ts";
import { type DoorState, LogStatus, memoryLog } from "../../src/recovery/index.ts";
import type { CellStore } from "./cell-store.ts";

export interface SimImagesOptions extends Omit<StoredImagesOptions, "isReadOnly"> {
  readonly store: CellStore;
  /** An image of this name is durable, and the log is cut. */
  readonly onKept: (label: string) => void;
}

export class SimImages {
  readonly store: CellStore;
  readonly #options: SimImagesOptions;
  readonly #stored: StoredImages;
  /** As the thread that writes has it. */
  readonly #writer: StoredImages;
  /** The copy that is to be written. */
  #copy: DurableImage | undefined;
  /** The log is stable up to it. */
  #isStable = false;
  /** What was written of it, and has not been heard of yet. */
  #label: string | undefined;

  constructor(options: SimImagesOptions) {
    this.store = options.store;
    this.#options = options;
    this.#stored = new StoredImages(options);
    const log = memoryLog();
    this.#writer = new StoredImages({ ...options, log, isReadOnly: true });
  }

  newest(limit?: number): DurableImage | undefined {
    return this.#stored.newest(limit);
  }

  get isBusy(): boolean {
    return this.#copy !== undefined;
  }

  /** Whether the thread that writes has something to do, or to say. */
  get canStep(): boolean {
    return this.isBusy && this.#isStable;
  }

  isDue(logBytes: number): boolean {
    return !this.isBusy && logBytes >= this.#options.logBytesMax;
  }

  /** The process goes on when this returns: a copy is written. */
  save(door: DoorState, bytes: Uint8Array): void {
    // Each half is a page of its own.
    const halves = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
    const memories = halves.map((half) => ({ bytes: half, isImported: false, maxPages: null }));
    // The rest of a program's state is what simulated ones have not.
    const program = { state: { memories }, rows: [] } as unknown as ProgramImage;
    this.#copy = structuredClone({ door, program });
    this.#isStable = false;
    this.#options.log.whenStable(door.position, (status) => {
      this.#isStable = status === LogStatus.ok;
    });
  }

  /** The thread that writes has written, or the process hears that it has. */
  step(): void {
    const position = this.#copy!.door.position;
    if (this.#label === undefined) {
      this.#write();
      return;
    }
    const label = this.#label;
    this.#label = undefined;
    this.#copy = undefined;
    this.#stored.kept(position, label);
    this.#options.onKept(label);
  }

  #write(): void {
    try {
      this.#label = this.#writer.store(this.#copy!);
    } catch (error) {
      if (!(error instanceof ImageError) || error.reason !== "full") throw error;
      this.#copy = undefined;
    }
  }
}
