// Where the instructions of a rewritten body went, for the sections that speak of them by offset.

export class OffsetMap {
  readonly #origin: number;
  readonly #old: number[] = [];
  readonly #new: number[] = [];

  /** `origin` is where the old body begins; the new one is written from offset 0 on. */
  constructor(origin: number) {
    this.#origin = origin;
  }

  /** Something was written for the old bytes from `start` to `end`; the new body has this length. */
  note(start: number, end: number, newLength: number): void {
    // An insertion counts as in front of the instruction that stands there.
    if (end > start) this.#add(start + 1, newLength);
    this.#add(end, newLength);
  }

  /** The old bytes from here on are copied to the new body from there on. */
  noteMove(from: number, to: number): void {
    this.#add(from, to);
  }

  #add(old: number, newOffset: number): void {
    if (this.#old.at(-1) === old) this.#old.length = this.#new.length = this.#old.length - 1;
    this.#old.push(old);
    this.#new.push(newOffset);
  }

  /** The new offset of an instruction, both counted from the beginning of their bodies. */
  map(offset: number): number {
    const at = this.#origin + offset;
    let low = 0;
    let high = this.#old.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#old[middle] <= at) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return offset;
    return this.#new[low - 1] + at - this.#old[low - 1];
  }
}
