// Timers of a realm: the host counts the time and says when it is over.
import type { RealmHost } from "./realm-face.ts";

export class RealmTimers {
  readonly #host: RealmHost;
  readonly #waiting = new Map<number, () => void>();
  #last = 0;

  constructor(host: RealmHost) {
    this.#host = host;
  }

  get count(): number {
    return this.#waiting.size;
  }

  start(ms: number, then: () => void): number {
    const number = ++this.#last;
    this.#waiting.set(number, then);
    this.#host.startTimer(number, Math.max(0, Number(ms) || 0));
    return number;
  }

  stop(number: number): void {
    if (this.#waiting.delete(number)) this.#host.stopTimer(number);
  }

  fire(number: number): void {
    const then = this.#waiting.get(number);
    this.#waiting.delete(number);
    then?.();
  }
}
