// The memories of a kernel on a bench: plain buffers, one per space and one per region, that count
// every byte copied and can be watched. They fulfil the process port as an adapter would.
import type { Memories } from "../../src/process/process.ts";

interface Memory {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

export class CountingMemories implements Memories {
  /** Bytes that `copy` has moved, and how often it was asked to. */
  copiedBytes = 0;
  copyCount = 0;
  /** Regions are refused while this is set: the host has no memory left. */
  isExhausted = false;
  readonly #memories = new Map<number, Memory>();

  give(handle: number, byteCount: number): void {
    const buffer = new ArrayBuffer((byteCount + 3) & ~3);
    const bytes = new Uint8Array(buffer, 0, byteCount);
    this.#memories.set(handle, { bytes, words: new Int32Array(buffer) });
  }

  handles(): number[] {
    return [...this.#memories.keys()].sort((a, b) => a - b);
  }

  bytes(handle: number): Uint8Array {
    const memory = this.#memories.get(handle);
    if (memory === undefined) throw new RangeError(`no memory behind handle ${handle}`);
    return memory.bytes;
  }

  /** The memory of a handle that has one, for a test to read and write. */
  wordsOf(handle: number): Int32Array {
    this.bytes(handle);
    return this.#memories.get(handle)!.words;
  }

  /** As the kernel sees it. There is no communication area here. */
  words(space: number, isArea: boolean): Int32Array | undefined {
    return isArea ? undefined : this.#memories.get(space)?.words;
  }

  contains(handle: number, address: number, count: number): boolean {
    return address + count <= (this.#memories.get(handle)?.bytes.length ?? 0);
  }

  load(handle: number, address: number): number {
    const at = this.#checked(handle, address >>> 0, 4) >>> 2;
    return this.wordsOf(handle)[at]!;
  }

  store(handle: number, address: number, value: number): void {
    const at = this.#checked(handle, address >>> 0, 4) >>> 2;
    this.wordsOf(handle)[at] = value;
  }

  copy(from: number, fromAddress: number, to: number, toAddress: number, count: number): void {
    const source = this.#checked(from, fromAddress >>> 0, count);
    const target = this.#checked(to, toAddress >>> 0, count);
    const piece = this.bytes(from).subarray(source, source + count);
    // `set` behaves as if the source were taken first, also where the two overlap.
    this.bytes(to).set(piece, target);
    this.copiedBytes += count;
    this.copyCount++;
  }

  createRegion(handle: number, byteCount: number): boolean {
    if (this.isExhausted) return false;
    this.give(handle, byteCount);
    return true;
  }

  release(handle: number): void {
    this.#memories.delete(handle);
  }

  /** The kernel promises to have checked every range: a range that is wrong is its mistake. */
  #checked(handle: number, address: number, count: number): number {
    if (!this.contains(handle, address, count)) {
      throw new RangeError(`the kernel left memory ${handle}: ${address} + ${count}`);
    }
    return address;
  }
}
