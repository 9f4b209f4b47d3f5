// The bytes in a pipe, in the order in which they were written: a ring in plain memory of a fixed size,
// made when the first byte comes. Whoever fills or empties it has made sure that it fits.
import { assert } from "../../base/index.ts";

export class Ring {
  readonly capacity: number;
  #bytes = new Uint8Array(0);
  #start = 0;
  #count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Bytes to be read. */
  get count(): number {
    return this.#count;
  }

  get room(): number {
    return this.capacity - this.#count;
  }

  /** Adds all of `bytes`. */
  put(bytes: Uint8Array): void {
    assert(bytes.length <= this.room, "a ring is never overfilled", bytes.length, this.room);
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.capacity);
    const at = (this.#start + this.#count) % this.capacity;
    const first = Math.min(bytes.length, this.capacity - at);
    this.#bytes.set(first === bytes.length ? bytes : bytes.subarray(0, first), at);
    if (first < bytes.length) this.#bytes.set(bytes.subarray(first), 0);
    this.#count += bytes.length;
  }

  /** A copy of all bytes, which stay. */
  copy(): Uint8Array {
    const into = new Uint8Array(this.#count);
    const first = Math.min(this.#count, this.capacity - this.#start);
    into.set(this.#bytes.subarray(this.#start, this.#start + first));
    if (first < this.#count) into.set(this.#bytes.subarray(0, this.#count - first), first);
    return into;
  }

  /** Moves as much as fits to the beginning of `into`; answers how much. */
  take(into: Uint8Array): number {
    const count = Math.min(into.length, this.#count);
    const first = Math.min(count, this.capacity - this.#start);
    into.set(this.#bytes.subarray(this.#start, this.#start + first));
    if (first < count) into.set(this.#bytes.subarray(0, count - first), first);
    this.#count -= count;
    // An empty ring begins at its beginning again: whole writes are then one copy.
    this.#start = this.#count === 0 ? 0 : (this.#start + count) % this.capacity;
    return count;
  }
}
