// Timers of a durable service: the host counts the time; what they were set to outlives the process in the log.

export class ServiceTimers {
  readonly #fire: (number: number) => void;
  readonly #running = new Map<number, NodeJS.Timeout>();

  constructor(fire: (number: number) => void) {
    this.#fire = fire;
  }

  start(number: number, inMs: number): void {
    const over = (): void => {
      this.#running.delete(number);
      this.#fire(number);
    };
    this.#running.set(number, setTimeout(over, Math.max(0, inMs)));
  }

  stop(number: number): void {
    clearTimeout(this.#running.get(number));
    this.#running.delete(number);
  }

  close(): void {
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }
}
