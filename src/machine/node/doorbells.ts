// The doorbells of a Node machine. Every pair of running cores is joined by a message port, because
// only a message wakes an event loop that sleeps; a shared word per core says whether one is on its
// way already, so that a thousand rings are one message.
//
// A ring for a core that cannot be reached yet leaves the word set. It is made good by whichever comes
// first: the new core looks at its word when it starts, and each core looks again when it is given a
// port. So no ring is lost to the order in which cores start.
import type { MessagePort } from "node:worker_threads";

/** One cache line per bell, so that ringing one core does not slow down another. */
const bellWords = 16;

export function doorbellWords(coreCount: number): number {
  return coreCount * bellWords;
}

export class Doorbells {
  readonly #core: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #ports = new Map<number, MessagePort>();
  readonly #onRing: () => void;

  constructor(core: number, words: Int32Array<SharedArrayBuffer>, onRing: () => void) {
    this.#core = core;
    this.#words = words;
    this.#onRing = onRing;
  }

  ring(core: number): void {
    if (Atomics.exchange(this.#words, core * bellWords, 1) !== 0) return;
    if (core === this.#core) setImmediate(this.#look);
    else this.#ports.get(core)?.postMessage(0);
  }

  /** Joins this core with another one, in place of the port to its predecessor. */
  connect(core: number, port: MessagePort): void {
    this.disconnect(core);
    this.#ports.set(core, port);
    port.on("message", this.#look);
    // A core that only waits for rings must not keep the host process alive.
    port.unref();
    if (Atomics.load(this.#words, core * bellWords) !== 0) port.postMessage(0);
  }

  disconnect(core: number): void {
    this.#ports.get(core)?.close();
    this.#ports.delete(core);
  }

  /** Answers a ring, if there was one since the last answer. */
  take(): boolean {
    return Atomics.exchange(this.#words, this.#core * bellWords, 0) !== 0;
  }

  /** Looks for rings from before this core could be reached. */
  lookSoon(): void {
    setImmediate(this.#look);
  }

  /**
   * Sends a message to every core whose bell is set, because the core that set it may have died
   * between setting the word and sending its message.
   */
  repeatRings(): void {
    for (const [core, port] of this.#ports) {
      if (Atomics.load(this.#words, core * bellWords) !== 0) port.postMessage(0);
    }
    this.lookSoon();
  }

  close(): void {
    for (const core of this.#ports.keys()) this.disconnect(core);
  }

  readonly #look = (): void => {
    if (this.take()) this.#onRing();
  };
}
