// The thread that writes a process's images, so that the process stands still only while its memory is
// copied. One image at a time: the copy is used again for the next.
import type { Worker } from "node:worker_threads";
import type { DurableImage, ProgramImage } from "./durable-images.ts";
import type { ImageWriterData, ImageWritten, ToImageWriter } from "./image-writer-thread.ts";

type Memory = ProgramImage["state"]["memories"][number];

export class ImageWriter {
  readonly #data: ImageWriterData;
  /** By memory, room for its bytes, which both threads see. */
  readonly #rooms: Uint8Array[] = [];
  #worker: Worker | undefined;
  #onWritten: ((written: ImageWritten) => void) | undefined;

  constructor(data: ImageWriterData) {
    this.#data = data;
  }

  get isBusy(): boolean {
    return this.#onWritten !== undefined;
  }

  /** Starts the thread, and has it touch the room for so much memory: the first copy is then as fast as any. */
  prepare(memoryBytes: number): void {
    this.#worker ??= this.#start();
    if (this.#rooms[0] !== undefined) return;
    const room = new Uint8Array(new SharedArrayBuffer(memoryBytes));
    this.#rooms[0] = room;
    this.#worker.postMessage({ room } satisfies ToImageWriter);
  }

  /** Copies an image, and has the copy written when it is `begun`. */
  write(
    image: DurableImage,
    begun: (begin: () => void) => void,
    onWritten: (written: ImageWritten) => void,
  ): void {
    this.#onWritten = onWritten;
    const worker = (this.#worker ??= this.#start());
    const copy = this.#copied(image);
    begun(() => worker.postMessage({ image: copy } satisfies ToImageWriter));
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** Memories in rooms that both threads see; all else is small, and is copied by being sent. */
  #copied(image: DurableImage): DurableImage {
    const { state } = image.program;
    // A service is kept the same way and has none.
    const own = (state as Partial<typeof state>).memories;
    if (own === undefined) return image;
    const memories = own.map((memory, index) => this.#copyOf(memory, index));
    return { ...image, program: { ...image.program, state: { ...state, memories } } };
  }

  #copyOf(memory: Memory, index: number): Memory {
    const { bytes } = memory;
    let room = this.#rooms[index];
    if (room === undefined || room.length < bytes.length) {
      room = new Uint8Array(new SharedArrayBuffer(bytes.length));
      this.#rooms[index] = room;
    }
    const copy = room.subarray(0, bytes.length);
    copy.set(bytes);
    return { ...memory, bytes: copy };
  }

  #start(): Worker {
    const threads = process.getBuiltinModule("node:worker_threads");
    // The compiled tree has the same files with another extension.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const url = new URL(`./image-writer-thread.${extension}`, import.meta.url);
    const worker = new threads.Worker(url, { name: "image writer", workerData: this.#data });
    worker.unref();
    worker.on("message", (written: ImageWritten) => this.#settle(written));
    worker.on("error", (error) => this.#settle({ refused: String(error), isFull: false }));
    const refused = "the thread that writes images has ended";
    worker.on("exit", () => this.#settle({ refused, isFull: false }));
    return worker;
  }

  #settle(written: ImageWritten): void {
    const told = this.#onWritten;
    this.#onWritten = undefined;
    told?.(written);
  }
}
