// The memories of simulated processes: plain arrays behind the port that kernels ask. Every space has
// one of the same size, made when it is first touched and zero again once it is released, so that a
// run depends on nothing but its seed.
import { isRegionHandle } from "../src/abi/index.ts";
import type { Memories } from "../src/process/process.ts";

/** The first bytes of a memory are for hostile writes, bulk copies among them; then come areas for
 * honest messages, which nothing else writes to. */
export const bulkAddress = 0x1000;
export const bulkBytes = 0x9000;
export const scratchBytes = bulkAddress + bulkBytes;
export const areaBytes = 0xb000;
export const areaCount = 12;
export const memoryBytes = scratchBytes + areaCount * areaBytes;

const regionBytesMax = 0x10000;

export class PlainMemories implements Memories {
  readonly #words = new Map<number, Int32Array>();
  /** Arrays given back, zeroed when they are taken again: a run needs many short-lived spaces. */
  readonly #spare: Int32Array[] = [];
  readonly #isSpace: (row: number) => boolean;
  /** Bytes copied, and how often: a check of "once" counts them. */
  copiedBytes = 0;

  constructor(isSpace: (row: number) => boolean) {
    this.#isSpace = isSpace;
  }

  contains(handle: number, address: number, bytes: number): boolean {
    if (!isRegionHandle(handle)) return this.#isSpace(handle) && address + bytes <= memoryBytes;
    return address + bytes <= (this.#words.get(handle)?.byteLength ?? 0);
  }

  words(space: number, isArea: boolean): Int32Array | undefined {
    return isArea || !this.#isSpace(space) ? undefined : this.wordsOf(space);
  }

  load(handle: number, address: number): number {
    return this.wordsOf(handle)[address >>> 2];
  }

  store(handle: number, address: number, value: number): void {
    this.wordsOf(handle)[address >>> 2] = value;
  }

  copy(from: number, fromAddress: number, to: number, toAddress: number, bytes: number): void {
    const source = this.wordsOf(from);
    const target = this.wordsOf(to);
    this.copiedBytes += bytes;
    new Uint8Array(target.buffer).set(new Uint8Array(source.buffer, fromAddress, bytes), toAddress);
  }

  createRegion(handle: number, bytes: number): boolean {
    if (bytes > regionBytesMax) return false;
    this.#words.set(handle, new Int32Array((bytes + 3) >>> 2));
    return true;
  }

  release(handle: number): void {
    const words = this.#words.get(handle);
    this.#words.delete(handle);
    if (words !== undefined && !isRegionHandle(handle)) this.#spare.push(words);
  }

  /** The words of a memory, made when first asked for. */
  wordsOf(handle: number): Int32Array {
    let words = this.#words.get(handle);
    if (words !== undefined) return words;
    words = this.#spare.pop()?.fill(0) ?? new Int32Array(memoryBytes >>> 2);
    this.#words.set(handle, words);
    return words;
  }
}
