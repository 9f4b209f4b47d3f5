// Looking into a kernel from outside: the few words that the composition root reads to tell people and
// adapters what happened. Reading only.
import { Space, spaceShift, Thread, threadShift } from "./layout.ts";
import type { Kernel } from "./kernel.ts";

export function spaceOfThread(k: Kernel, thread: number): number {
  return k.threads[(thread << threadShift) + Thread.space]!;
}

/** Threads of a space that have not ended, activations not counted. */
export function liveThreads(k: Kernel, space: number): number {
  return k.spaces[(space << spaceShift) + Space.threadCount]!;
}

/** What the last thread of a space to end gave. */
export function exitCodeOf(k: Kernel, space: number): number {
  return k.spaces[(space << spaceShift) + Space.exitCode]!;
}
