// One at a time, in the order in which they came: what makes a service serial.

export class Turns {
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  get isTaken(): boolean {
    return this.#isTaken;
  }

  take(): void {
    this.#isTaken = true;
  }

  /** Resolves when it is one's turn, which it then has. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  done(): void {
    this.#isTaken = this.#waiting.length > 0;
    if (this.#isTaken) this.#waiting.shift()!();
  }
}
