// Pauses of a durable service, for what can only be done between two messages: calls wait outside until those
// that are open have ended, then it is done, and they are let in.
import type { Later, Message, ServiceHost } from "../../../userlib/index.ts";
import { UpgradeError } from "./service-trial.ts";

export interface PauseWork {
  /** How long calls may stay open, milliseconds. */
  readonly waitMs: number;
  /** Nothing is open. */
  readonly act: () => void;
  /** Something still is. */
  readonly late: () => void;
}

export interface PauseManner {
  /** How long calls may stay open, milliseconds. */
  readonly waitMs: number;
  /** What is open even then is ended, and its caller gets an error; else nothing is done. */
  readonly endsOpen: boolean;
}

/** A call that waits. */
export interface HeldCall {
  readonly ticket: number;
  readonly badge: number;
  readonly label: number;
  readonly words: readonly number[];
  readonly bytes: Uint8Array;
}

export class ServicePauses {
  readonly #openCount: () => number;
  readonly #lookAgain: () => void;
  #works: PauseWork[] = [];
  #held: HeldCall[] = [];
  /** When the first of the works began to wait; 0: it has not. */
  #sinceMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #holdTimer: NodeJS.Timeout | undefined;

  /** `lookAgain`: has `look` called, later. */
  constructor(openCount: () => number, lookAgain: () => void) {
    this.#openCount = openCount;
    this.#lookAgain = lookAgain;
  }

  get isPausing(): boolean {
    return this.#works.length > 0 || this.#holdTimer !== undefined;
  }

  /** Whether there is something to do, or somebody to let in. */
  get hasWork(): boolean {
    return this.#works.length > 0 || this.#held.length > 0;
  }

  /** Nobody is let in for so long, though there is nothing to do. */
  holdFor(ms: number): void {
    clearTimeout(this.#holdTimer);
    this.#holdTimer = setTimeout(() => {
      this.#holdTimer = undefined;
      this.#lookAgain();
    }, ms).unref();
  }

  ask(work: PauseWork): void {
    this.#works.push(work);
  }

  /**
   * Does something between two messages, and answers what it came to. Rejects if something is open even after
   * `waitMs`, unless it is done all the same, and with what `act` throws.
   */
  run<T>(act: () => T, { waitMs, endsOpen }: PauseManner): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const done = (): void => {
      try {
        resolve(act());
      } catch (error) {
        reject(error);
      }
    };
    const late = (): void => reject(stillOpen(this.#openCount(), waitMs));
    this.ask({ waitMs, act: done, late: endsOpen ? done : late });
    this.#lookAgain();
    return promise;
  }

  hold({ badge, label, words, bytes }: Message, host: ServiceHost): Later {
    const later = host.defer();
    const held = { ticket: later.later, badge, label, words: [...words], bytes: bytes.slice() };
    this.#held.push(held);
    return later;
  }

  /** Does what can be done now. */
  look(): void {
    for (let work = this.#works[0]; work !== undefined; work = this.#works[0]) {
      const nowMs = performance.now();
      if (this.#sinceMs === 0) this.#sinceMs = nowMs;
      const leftMs = this.#sinceMs + work.waitMs - nowMs;
      const isOpen = this.#openCount() > 0;
      if (isOpen && leftMs > 0) {
        this.#waitFor(leftMs);
        return;
      }
      this.#begin();
      if (isOpen) work.late();
      else work.act();
    }
  }

  /** The calls that may be let in now. */
  takeHeld(): readonly HeldCall[] {
    return this.isPausing ? [] : this.#held.splice(0);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#holdTimer);
  }

  #waitFor(leftMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#lookAgain();
    }, leftMs).unref();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sinceMs = 0;
    this.#works.shift();
  }
}

function stillOpen(count: number, waitMs: number): UpgradeError {
  return new UpgradeError(
    `after ${waitMs / 1000} s calls, streams or timers of it were still open (${count}): try again when they are over`,
  );
}
