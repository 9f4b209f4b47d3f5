// Where each owner of a log took it over. An owner that was paused and wakes up may still make images, of
// a life that the log knows nothing of: beyond the length at which the next owner took the log over, its
// images count for nothing.
import { type Store, StoreStatus } from "../../machine/store.ts";

/** One number, as a float of eight bytes. */
const sealBytes = 8;

export class LogSeals {
  readonly #store: Store;
  readonly #prefix: string;

  constructor(store: Store, name: string) {
    this.#store = store;
    this.#prefix = `${name}.seal-`;
  }

  /** Says that the owners before `epoch` have written `end` records. Throws if that cannot be kept. */
  seal(epoch: number, end: number): void {
    const blob = `${this.#prefix}${epoch}`;
    const bytes = new Uint8Array(Float64Array.of(end).buffer);
    const isKept =
      this.#store.append(blob, bytes) === StoreStatus.ok &&
      this.#store.flush(blob) === StoreStatus.ok;
    if (!isKept) throw new Error(`the store of images takes nothing: ${blob} cannot be written`);
  }

  /** How many records an owner may have written, seen from a later one. */
  limitOf(epoch: number, own: number): number {
    const later = this.#epochs().filter((one) => one > epoch && one <= own);
    return Math.min(Infinity, ...later.map((one) => this.#read(one)));
  }

  /** Whether nobody later has taken the log over. */
  isLast(epoch: number): boolean {
    return this.#epochs().every((one) => one <= epoch);
  }

  removeBefore(epoch: number): void {
    for (const one of this.#epochs()) {
      if (one < epoch) this.#store.remove(`${this.#prefix}${one}`);
    }
  }

  #epochs(): number[] {
    const names = this.#store.list().filter((name) => name.startsWith(this.#prefix));
    return names.map((name) => Number(name.slice(this.#prefix.length)));
  }

  /**
   * A seal that does not read back was being written when its owner lost the power, and says nothing: that
   * owner had done nothing yet. The one after it has a seal of its own.
   */
  #read(epoch: number): number {
    const bytes = new Uint8Array(sealBytes);
    const count = this.#store.read(`${this.#prefix}${epoch}`, 0, bytes);
    return count === sealBytes ? new Float64Array(bytes.buffer)[0]! : Infinity;
  }
}
