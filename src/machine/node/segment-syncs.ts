// One thread's way to the writer thread: asks it to make files durable and hears when they are. It
// keeps the event loop alive while something is asked for, and not otherwise.
import type { MessagePort } from "node:worker_threads";

/** What is asked of the writer, and what it answers. */
export interface SyncRequest {
  readonly id: number;
  readonly fd: number;
}

export interface SyncAnswer {
  readonly id: number;
  readonly isDurable: boolean;
}

export class SegmentSyncs {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, (isDurable: boolean) => void>();
  #requestCount = 0;
  #isClosed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on("message", this.#answered);
    // The writer is gone: nothing can be known about what was asked of it.
    port.on("close", () => {
      this.#isClosed = true;
      for (const id of this.#pending.keys()) this.#answered({ id, isDurable: false });
    });
    port.unref();
  }

  readonly request = (fd: number, then: (isDurable: boolean) => void): void => {
    const request: SyncRequest = { id: this.#requestCount++, fd };
    if (this.#pending.size === 0) this.#port.ref();
    this.#pending.set(request.id, then);
    if (this.#isClosed) setImmediate(this.#answered, { id: request.id, isDurable: false });
    else this.#port.postMessage(request);
  };

  close(): void {
    this.#port.close();
  }

  readonly #answered = ({ id, isDurable }: SyncAnswer): void => {
    const then = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#port.unref();
    then?.(isDurable);
  };
}
