// Where the bytes of a blob lie in its file: one extent per append that is still visible, in order and
// without gaps. The index is rebuilt from the file's frames and is never written down.

export class Extents {
  /** The first byte of each extent, counted in the blob. */
  readonly #starts: number[] = [];
  /** Where its frame begins in the file. */
  readonly #frames: number[] = [];
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get count(): number {
    return this.#starts.length;
  }

  add(frameOffset: number, payloadBytes: number): void {
    // An extent without bytes has nothing to find and would make starts ambiguous.
    if (payloadBytes === 0) return;
    this.#starts.push(this.#sizeBytes);
    this.#frames.push(frameOffset);
    this.#sizeBytes += payloadBytes;
  }

  cut(sizeBytes: number): void {
    const kept = this.#countBefore(sizeBytes);
    this.#starts.length = kept;
    this.#frames.length = kept;
    this.#sizeBytes = sizeBytes;
  }

  start(index: number): number {
    return this.#starts[index];
  }

  frameOffset(index: number): number {
    return this.#frames[index];
  }

  /** Bytes of the extent that are still part of the blob. */
  length(index: number): number {
    const end = index + 1 < this.#starts.length ? this.#starts[index + 1] : this.#sizeBytes;
    return end - this.#starts[index];
  }

  /** The extent that holds this byte of the blob, which must be below its size. */
  indexAt(offset: number): number {
    return this.#countBefore(offset + 1) - 1;
  }

  /** Where the file may be cut so that the blob has this size, or -1 if that is inside an append. */
  frameStartingAt(sizeBytes: number): number {
    const index = this.#countBefore(sizeBytes);
    return index < this.#starts.length && this.#starts[index] === sizeBytes
      ? this.#frames[index]
      : -1;
  }

  /** How many extents begin before this byte. */
  #countBefore(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
