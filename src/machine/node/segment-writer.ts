// The thread that waits for the device, so that no core does. There is one for all logs of a cell: two
// threads that sync two files are slower than one that syncs both in turn.
import type { MessagePort, Worker } from "node:worker_threads";

export class SegmentWriter {
  readonly #threads = process.getBuiltinModule("node:worker_threads");
  readonly #worker: Worker;

  constructor() {
    // The compiled tree has the same files with another extension.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const url = new URL(`./segment-writer-thread.${extension}`, import.meta.url);
    this.#worker = new this.#threads.Worker(url, { name: "log writer" });
    this.#worker.unref();
  }

  /** One thread's end of a connection to the writer, for SegmentSyncs; it may be sent to the thread. */
  connect(): MessagePort {
    const { port1, port2 } = new this.#threads.MessageChannel();
    this.#worker.postMessage(port2, [port2]);
    return port1;
  }

  /** Ends the thread. What is still asked of it is answered as not durable. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
