// Holds the memory segments of other threads, so that they outlive them. It lives in the thread that
// starts the cores. Each core has a port to it, over which every new segment is told before its first
// word is written; when a core has died, what it told is collected and handed to its successor.
import type { MessagePort } from "node:worker_threads";
import { MemorySegments, type SegmentChange } from "../segment-memory.ts";

/** What a thread is given to have its segments kept: may be sent to it, with the port transferred. */
export interface KeptSegments {
  readonly buffers: Map<string, SharedArrayBuffer>;
  readonly port: MessagePort;
}

export class SegmentKeeper {
  readonly #threads = process.getBuiltinModule("node:worker_threads");
  readonly #buffers = new Map<string, SharedArrayBuffer>();
  #port: MessagePort | undefined;

  /** Hands the segments over. Whoever had them before has no say any more. */
  handOver(): KeptSegments {
    this.#collect();
    this.#port?.close();
    const { port1, port2 } = new this.#threads.MessageChannel();
    this.#port = port1;
    port1.on("message", this.#changed);
    port1.unref();
    return { buffers: new Map(this.#buffers), port: port2 };
  }

  /** The segments as they are now, to be looked at by another thread. */
  get buffers(): ReadonlyMap<string, SharedArrayBuffer> {
    return new Map(this.#buffers);
  }

  close(): void {
    this.#port?.close();
    this.#buffers.clear();
  }

  /** Reads what was told but has not come up in the event loop yet. */
  #collect(): void {
    if (this.#port === undefined) return;
    for (;;) {
      const received = this.#threads.receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      // Only keptSegments writes to the other end.
      this.#changed(received.message as SegmentChange);
    }
  }

  readonly #changed = ({ name, buffer }: SegmentChange): void => {
    if (buffer === undefined) this.#buffers.delete(name);
    else this.#buffers.set(name, buffer);
  };
}

/** The segments, in the thread that they were handed to. */
export function keptSegments({ buffers, port }: KeptSegments, capacityBytes?: number) {
  return new MemorySegments({
    buffers,
    onChange: (change) => {
      port.postMessage(change);
    },
    ...(capacityBytes === undefined ? {} : { capacityBytes }),
  });
}
