// For how long a durable server stands still while an image of it is made, and how much is written, by its
// memory: the first image, and later ones when one page in a hundred has changed. The floor is copying that
// memory.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoredImages } from "../../src/boot/durable/durable-images.ts";
import type { DurableImage, DurableImages } from "../../src/boot/durable/durable-images.ts";
import { sha256 } from "../../src/boot/index.ts";
import { FileStore } from "../../src/machine/node/index.ts";
import { memoryLog, Sessions } from "../../src/recovery/index.ts";
import { runTogether } from "../../test/sdk/together.ts";

export const mebibyte = 1024 * 1024;
const pageBytes = 16 * 1024;
const changedShare = 0.01;

export interface Pause {
  readonly ms: number;
  /** What the images take in the store. */
  readonly storedBytes: number;
}

/** Every call of the process is followed by an image; from the decision to make it until it is kept. */
class TimedImages implements DurableImages {
  readonly pauses: Pause[] = [];
  readonly #images: StoredImages;
  readonly #directory: string;
  #dueAtMs = 0;

  constructor(images: StoredImages, directory: string) {
    this.#images = images;
    this.#directory = directory;
  }

  /** Asked when a call is over: whether it is time for an image. */
  get logBytesMax(): number {
    this.#dueAtMs = performance.now();
    return 0;
  }

  newest(): DurableImage | undefined {
    return this.#images.newest();
  }

  save(image: DurableImage): void {
    this.#images.save(image);
    const ms = performance.now() - this.#dueAtMs;
    this.pauses.push({ ms, storedBytes: bytesIn(this.#directory) });
  }

  onRefused(error: unknown): never {
    throw error;
  }
}

function bytesIn(directory: string): number {
  return readdirSync(directory)
    .map((name) => statSync(join(directory, name)).size)
    .reduce((sum, size) => sum + size, 0);
}

export interface ImagePauses {
  readonly full: Pause;
  /** Milliseconds of the images after it. */
  readonly laterMs: readonly number[];
  /** Bytes that the second added to the store. */
  readonly laterBytes: number;
}

/** One life of a server with so much memory, and an image after each of its calls. */
export async function imagePauses(memoryMiB: number, laterCount: number): Promise<ImagePauses> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-image-pause-"));
  try {
    const log = memoryLog();
    const stored = new StoredImages({
      store: new FileStore(directory),
      digest: sha256,
      name: "server",
      epoch: 1,
      log,
      logBytesMax: 0,
    });
    const images = new TimedImages(stored, directory);
    await runHeap(memoryMiB, laterCount, { log, sessions: new Sessions(), images });
    const [full, ...later] = images.pauses;
    if (full === undefined || later.length < laterCount) {
      throw new Error(`${images.pauses.length} images were made, not ${laterCount + 1}`);
    }
    const laterMs = later.slice(0, laterCount).map(({ ms }) => ms);
    return { full, laterMs, laterBytes: later[0]!.storedBytes - full.storedBytes };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runHeap(
  memoryMiB: number,
  rounds: number,
  durable: Parameters<typeof runTogether>[0][number]["durable"] & object,
): Promise<void> {
  const pages = Math.max(1, Math.round((memoryMiB * mebibyte * changedShare) / pageBytes));
  const flags = [`-DROUNDS=${rounds}`, `-DCHANGED_PAGES=${pages}`];
  const server = ["bench/recovery/heap-server.c", `-DHEAP_BYTES=${memoryMiB * mebibyte}`];
  const { codes } = await runTogether(
    [
      { program: server, serves: [{ name: "heap" }], durable },
      { program: ["bench/recovery/heap-client.c", ...flags], calls: [{ name: "heap", badge: 1 }] },
    ],
    { model: "process", isCapturable: true },
  );
  if (codes.some((code) => code !== 0)) throw new Error(`the heap ended with ${codes.join(" ")}`);
}

/** Milliseconds to copy so much memory once, into memory that is there. */
export function copyMs(memoryMiB: number): number {
  const from = new Uint8Array(memoryMiB * mebibyte).fill(7);
  const into = new Uint8Array(from.length).fill(1);
  const startMs = performance.now();
  into.set(from);
  return performance.now() - startMs;
}
