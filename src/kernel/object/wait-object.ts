// What notifications, mutexes, conditions and futex queues share: a queue of waiting threads that is
// emptied in bounded steps when the object ends, and a count of it in the exported state.
import { destroyStepCount, Status } from "../../abi/index.ts";
import { rowsOf } from "../../base/index.ts";
import { shiftOf } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { waitLinks } from "../waiting.ts";
import { freeObject, newObject } from "./object.ts";
import { wakeWith } from "../wake.ts";

export function createPlain(kind: number): (k: Kernel, space: number) => number {
  return (k, space) => newObject(k, kind, space);
}

/** Wakes up to a step's worth of the threads queued at `heads[at]`; true when none is left. */
export function dismissStep(k: Kernel, heads: Int32Array, at: number): boolean {
  for (let n = 0; n < destroyStepCount; n++) {
    const thread = heads[at]!;
    if (thread === 0) return true;
    wakeWith(k, thread, Status.partnerGone);
  }
  return heads[at] === 0;
}

/** Takes apart an object that is nothing but a queue, whose head is at `word`. */
export function destroyQueueStep(kind: number, word: number): (k: Kernel, row: number) => boolean {
  return (k, row) => {
    if (!dismissStep(k, k.tables[kind]!.words, (row << shiftOf[kind]!) + word)) return false;
    freeObject(k, kind, row);
    return true;
  };
}

/** How many threads are queued at `word` of an object. For exported state and checks. */
export function countQueue(k: Kernel, kind: number, row: number, word: number): number {
  return rowsOf(waitLinks(k), k.tables[kind]!.words, (row << shiftOf[kind]!) + word).length;
}
