// For how long a durable server stands still while an image of it is made, until when that is durable, and how
// much is written, by its memory: the first image, and later ones when one page in a hundred has changed. The
// floor of the pause is copying that memory.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackgroundImages } from "../../src/boot/durable/background-images.ts";
import type { DurableImage, DurableImages } from "../../src/boot/durable/durable-images.ts";
import { sha256 } from "../../src/boot/index.ts";
import { FileStore } from "../../src/machine/node/index.ts";
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { type Member, runTogether } from "../../test/sdk/together.ts";

export const mebibyte = 1024 * 1024;
const pageBytes = 16 * 1024;
const changedShare = 0.01;

/** Before the first image a log grows for a while, in which it is got ready for. */
const firstLogBytes = 2 * mebibyte;

export interface Pause {
  /** For how long the process stood still. */
  readonly ms: number;
  /** Until the image was durable and the log cut, from the same moment on. */
  readonly durableMs: number;
  /** What the images take in the store. */
  readonly storedBytes: number;
}

/** A call of the process is followed by an image whenever none is being written, until there are enough. */
class TimedImages implements DurableImages {
  readonly pauses: Pause[] = [];
  readonly enough = Promise.withResolvers<void>();
  readonly #images: BackgroundImages;
  #dueAtMs = 0;
  #pauseMs = 0;

  constructor(directory: string, log: MessageLog, count: number) {
    this.#images = new BackgroundImages({
      directory,
      store: new FileStore(directory),
      digest: sha256,
      name: "server",
      epoch: 1,
      log,
      logBytesMax: 0,
      onRefused: this.enough.reject,
      onKept: () => {
        const durableMs = performance.now() - this.#dueAtMs;
        this.pauses.push({ ms: this.#pauseMs, durableMs, storedBytes: bytesIn(directory) });
        if (this.pauses.length === count) this.enough.resolve();
      },
    });
  }

  /** Asked when a call is over: whether it is time for an image. */
  get logBytesMax(): number {
    const { logBytesMax } = this.#images;
    if (logBytesMax > 0) return logBytesMax;
    this.#dueAtMs = performance.now();
    return this.pauses.length === 0 ? firstLogBytes : 0;
  }

  prepare(memoryBytes: number): void {
    this.#images.prepare(memoryBytes);
  }

  newest(): DurableImage | undefined {
    return this.#images.newest();
  }

  save(image: DurableImage): void {
    this.#images.save(image);
    this.#pauseMs = performance.now() - this.#dueAtMs;
  }

  onRefused(error: unknown): never {
    throw error;
  }

  close(): Promise<void> {
    return this.#images.close();
  }
}

function bytesIn(directory: string): number {
  return readdirSync(directory)
    .map((name) => statSync(join(directory, name)).size)
    .reduce((sum, size) => sum + size, 0);
}

export interface ImagePauses {
  readonly full: Pause;
  readonly later: readonly Pause[];
  /** Bytes that the second added to the store. */
  readonly laterBytes: number;
}

/** One life of a server with so much memory, of which one image after the other is made. */
export async function imagePauses(memoryMiB: number, laterCount: number): Promise<ImagePauses> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-image-pause-"));
  const log = memoryLog();
  const images = new TimedImages(directory, log, laterCount + 1);
  try {
    await runHeap(memoryMiB, { log, sessions: new Sessions(), images }, images.enough.promise);
    const [full, ...later] = images.pauses;
    return { full: full!, later, laterBytes: later[0]!.storedBytes - full!.storedBytes };
  } finally {
    await images.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs the server, whose client goes on until there are enough images. */
async function runHeap(
  memoryMiB: number,
  durable: NonNullable<Member["durable"]>,
  enough: Promise<void>,
): Promise<void> {
  const pages = Math.max(1, Math.round((memoryMiB * mebibyte * changedShare) / pageBytes));
  const flags = ["-DROUNDS=0x7fffffff", `-DCHANGED_PAGES=${pages}`];
  const server = ["bench/recovery/heap-server.c", `-DHEAP_BYTES=${memoryMiB * mebibyte}`];
  const { faults } = await runTogether(
    [
      { program: server, serves: [{ name: "heap" }], durable },
      { program: ["bench/recovery/heap-client.c", ...flags], calls: [{ name: "heap", badge: 1 }] },
    ],
    { model: "process", isCapturable: true, killed: enough },
  );
  if (faults.length > 0) throw new Error(`the heap ended: ${String(faults[0]!.error)}`);
}

/** Milliseconds to copy so much memory once, into memory that is there. */
export function copyMs(memoryMiB: number): number {
  const from = new Uint8Array(memoryMiB * mebibyte).fill(7);
  const into = new Uint8Array(from.length).fill(1);
  const startMs = performance.now();
  into.set(from);
  return performance.now() - startMs;
}
