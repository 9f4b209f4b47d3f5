// Long messages as a program lays them out: a descriptor in its memory, and the lists it points to.
import { Descriptor, descriptorBytes } from "../../src/abi/index.ts";
import type { KernelBench } from "./kernel-bench.ts";

/** A buffer: where, and how many bytes. */
export type Buffer = readonly [address: number, bytes: number];

export interface LongMessage {
  /** Extra words: where, and how many. */
  readonly words?: readonly [address: number, count: number];
  readonly direct?: Buffer;
  readonly indirect?: readonly Buffer[];
  readonly capabilities?: readonly number[];
  readonly regions?: readonly number[];
}

/** Writes a descriptor at `at`, its lists behind it; 512 bytes are enough for any. Answers `at`. */
export function putDescriptor(
  bench: KernelBench,
  space: number,
  at: number,
  message: LongMessage,
): number {
  const words = bench.memories.wordsOf(space);
  const set = (word: number, value: number) => (words[at / 4 + word] = value);
  const lists = at + descriptorBytes + 4;
  set(Descriptor.wordCount, message.words?.[1] ?? 0);
  set(Descriptor.wordAddress, message.words?.[0] ?? 0);
  set(Descriptor.directBytes, message.direct?.[1] ?? 0);
  set(Descriptor.directAddress, message.direct?.[0] ?? 0);
  const indirect = (message.indirect ?? []).flat();
  const regions = (message.regions ?? []).flatMap((slot) => [slot, 0]);
  putList(words, lists, indirect);
  putList(words, lists + 160, message.capabilities ?? []);
  putList(words, lists + 224, regions);
  set(Descriptor.indirectCount, indirect.length / 2);
  set(Descriptor.indirectAddress, lists);
  set(Descriptor.capabilityCount, message.capabilities?.length ?? 0);
  set(Descriptor.capabilityAddress, lists + 160);
  set(Descriptor.regionCount, regions.length / 2);
  set(Descriptor.regionAddress, lists + 224);
  return at;
}

function putList(words: Int32Array, at: number, list: readonly number[]): void {
  list.forEach((word, i) => (words[at / 4 + i] = word));
}

/** A word of a descriptor, as it stands in memory now. */
export function descriptorWord(
  bench: KernelBench,
  space: number,
  at: number,
  word: number,
): number {
  return bench.memories.wordsOf(space)[at / 4 + word]!;
}

/** Fills memory with bytes that differ from place to place. */
export function fillPattern(
  bench: KernelBench,
  space: number,
  [address, bytes]: Buffer,
  seed = 1,
): void {
  const memory = bench.memories.bytes(space);
  for (let i = 0; i < bytes; i++) memory[address + i] = (i * 7 + seed + (i >>> 8)) & 0xff;
}
