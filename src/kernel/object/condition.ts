// Conditions: threads that gave up a mutex and wait to be told. Each has the call `mutexLock` in its
// registers from the moment it waits, so a wake-up, a time-out, an interrupt and a checkpoint all
// leave it about to lock the mutex again: a wake-up is never lost and never taken twice.
import { Kind, Status } from "../../abi/index.ts";
import { remove } from "../../base/index.ts";
import { Condition, conditionShift, Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { makeReady } from "../schedule.ts";
import { dropTimeout, waitLinks } from "../waiting.ts";
import type { ObjectClass } from "./object.ts";
import { putWord } from "./state.ts";
import { countQueue, createPlain, destroyQueueStep } from "./wait-object.ts";

export const conditionClass: ObjectClass = {
  create: createPlain(Kind.condition),
  destroyStep: destroyQueueStep(Kind.condition, Condition.waiters),
  getState(k, row, state) {
    putWord(state, "waiters", countQueue(k, Kind.condition, row, Condition.waiters));
  },
  setState: () => Status.ok,
};

/** Lets the first waiter go on to lock its mutex. Answers false if nobody waits. */
export function wakeOne(k: Kernel, row: number): boolean {
  const words = k.tables[Kind.condition]!.words;
  const at = (row << conditionShift) + Condition.waiters;
  const thread = words[at]!;
  if (thread === 0) return false;
  remove(waitLinks(k), words, at, thread);
  k.threads[(thread << threadShift) + Thread.waitsOn] = 0;
  dropTimeout(k, thread);
  makeReady(k, thread);
  return true;
}
