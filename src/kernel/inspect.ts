// Looking into a kernel from outside: the few words that the composition root reads to tell people and
// adapters what happened. Reading only.
import { Endpoint, endpointShift, Space, spaceShift, Thread, threadShift } from "./layout.ts";
import type { Kernel } from "./kernel.ts";

export function spaceOfThread(k: Kernel, thread: number): number {
  return k.threads[(thread << threadShift) + Thread.space]!;
}

/** Whose portal an endpoint is, and the number that its space knows it by. */
export function portalOf(k: Kernel, endpoint: number): { space: number; handler: number } {
  const base = endpoint << endpointShift;
  return {
    space: k.endpoints[base + Endpoint.space]!,
    handler: k.endpoints[base + Endpoint.handler]!,
  };
}

/** Threads of a space that have not ended, activations not counted. */
export function liveThreads(k: Kernel, space: number): number {
  return k.spaces[(space << spaceShift) + Space.threadCount]!;
}

/** What the last thread of a space to end gave. */
export function exitCodeOf(k: Kernel, space: number): number {
  return k.spaces[(space << spaceShift) + Space.exitCode]!;
}
