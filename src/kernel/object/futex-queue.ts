// Futex queues: threads that wait on words of one memory. The queue is the object, the address a key
// within it; a space has one for its own memory, and a shared memory would have one of its own.
import { Kind, Register, Status } from "../../abi/index.ts";
import { append, nextOf, remove } from "../../base/index.ts";
import { FutexQueue, futexQueueShift, reference, Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { complete } from "../schedule.ts";
import { waitLinks } from "../waiting.ts";
import type { ObjectClass } from "./object.ts";
import { putWord } from "./state.ts";
import { countQueue, createPlain, destroyQueueStep } from "./wait-object.ts";

export const futexQueueClass: ObjectClass = {
  create: createPlain(Kind.futexQueue),
  destroyStep: destroyQueueStep(Kind.futexQueue, FutexQueue.waiters),
  getState(k, row, state) {
    putWord(state, "waiters", countQueue(k, Kind.futexQueue, row, FutexQueue.waiters));
  },
  setState: () => Status.ok,
};

/** The first thread that waits on an address, or 0. */
export function waiterAt(k: Kernel, row: number, address: number): number {
  const first = k.tables[Kind.futexQueue]!.words[(row << futexQueueShift) + FutexQueue.waiters]!;
  for (let thread = first; thread !== 0; thread = nextOf(waitLinks(k), thread)) {
    if (k.threads[(thread << threadShift) + Thread.futexAddress] === address) return thread;
  }
  return 0;
}

export function wakeWaiter(k: Kernel, row: number, thread: number): void {
  leave(k, row, thread);
  complete(k, thread, Status.ok);
}

/** Moves a waiter to another address, perhaps of another queue, without waking it. */
export function requeueWaiter(
  k: Kernel,
  thread: number,
  from: number,
  to: { readonly row: number; readonly slot: number; readonly address: number },
): void {
  leave(k, from, thread);
  const base = thread << threadShift;
  k.threads[base + Thread.waitsOn] = reference(Kind.futexQueue, to.row);
  k.threads[base + Thread.futexAddress] = to.address;
  k.threads[base + Thread.registers + Register.a1] = to.address;
  if (to.slot !== 0) k.threads[base + Thread.registers + Register.a0] = to.slot;
  const at = (to.row << futexQueueShift) + FutexQueue.waiters;
  append(waitLinks(k), k.tables[Kind.futexQueue]!.words, at, thread);
}

function leave(k: Kernel, row: number, thread: number): void {
  const at = (row << futexQueueShift) + FutexQueue.waiters;
  remove(waitLinks(k), k.tables[Kind.futexQueue]!.words, at, thread);
  k.threads[(thread << threadShift) + Thread.waitsOn] = 0;
}
