// Mutexes: held by one thread; the others wait in order and the lock is handed to the first. When a
// thread ends, the mutexes that it holds pass on, and the next owner is told (`ownerDied`).
import { Kind, Register, Right, Status, ThreadState } from "../../abi/index.ts";
import { assert, remove } from "../../base/index.ts";
import { Mutex, mutexShift, Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { complete } from "../schedule.ts";
import { waitLinks } from "../waiting.ts";
import { freeObject, type ObjectClass } from "./object.ts";
import { putReference, putWord, wordOf } from "./state.ts";
import { countQueue, createPlain, dismissStep } from "./wait-object.ts";

export const mutexClass: ObjectClass = {
  create: createPlain(Kind.mutex),
  destroyStep(k, row) {
    if (ownerOf(k, row) !== 0) disown(k, row);
    if (!dismissStep(k, words(k), (row << mutexShift) + Mutex.waiters)) return false;
    freeObject(k, Kind.mutex, row);
    return true;
  },
  getState(k, row, state) {
    const owner = ownerOf(k, row);
    putWord(state, "locked", owner === 0 ? 0 : 1);
    putReference(state, "owner", {
      kind: Kind.thread,
      row: owner,
      rights: Right.derive,
      badge: 0,
    });
    putWord(state, "waiters", countQueue(k, Kind.mutex, row, Mutex.waiters));
    putWord(state, "abandoned", words(k)[(row << mutexShift) + Mutex.abandoned]!);
  },
  setState(k, row, state) {
    const owner = state.references.get("owner")?.row ?? 0;
    if ((owner !== 0) !== (wordOf(state, "locked") === 1)) return Status.badArgument;
    // Who has exited has let go of everything, and cannot unlock.
    const ownerState = k.threads[(owner << threadShift) + Thread.state];
    if (owner !== 0 && ownerState === ThreadState.exited) return Status.wrongState;
    if (ownerOf(k, row) !== 0) disown(k, row);
    words(k)[(row << mutexShift) + Mutex.abandoned] = wordOf(state, "abandoned") & 1;
    if (owner === 0) passOn(k, row);
    else own(k, row, owner);
    return Status.ok;
  },
};

function words(k: Kernel): Int32Array {
  return k.tables[Kind.mutex]!.words;
}

export function ownerOf(k: Kernel, row: number): number {
  return words(k)[(row << mutexShift) + Mutex.owner]!;
}

/** Gives a free mutex to a thread. Answers what its lock call answers. */
export function own(k: Kernel, row: number, thread: number): number {
  const base = row << mutexShift;
  assert(words(k)[base + Mutex.owner] === 0, "a mutex owned anew is free", row);
  words(k)[base + Mutex.owner] = thread;
  const first = k.threads[(thread << threadShift) + Thread.firstHeld]!;
  words(k)[base + Mutex.heldNext] = first;
  words(k)[base + Mutex.heldPrev] = 0;
  if (first !== 0) words(k)[(first << mutexShift) + Mutex.heldPrev] = row;
  k.threads[(thread << threadShift) + Thread.firstHeld] = row;
  const isAbandoned = words(k)[base + Mutex.abandoned] === 1;
  words(k)[base + Mutex.abandoned] = 0;
  return isAbandoned ? Status.ownerDied : Status.ok;
}

function disown(k: Kernel, row: number): void {
  const base = row << mutexShift;
  const thread = words(k)[base + Mutex.owner]!;
  const next = words(k)[base + Mutex.heldNext]!;
  const prev = words(k)[base + Mutex.heldPrev]!;
  if (prev === 0) k.threads[(thread << threadShift) + Thread.firstHeld] = next;
  else words(k)[(prev << mutexShift) + Mutex.heldNext] = next;
  if (next !== 0) words(k)[(next << mutexShift) + Mutex.heldPrev] = prev;
  words(k)[base + Mutex.owner] = 0;
  words(k)[base + Mutex.heldNext] = 0;
  words(k)[base + Mutex.heldPrev] = 0;
}

/** The owner lets go: the first waiter, if any, holds it now. */
export function release(k: Kernel, row: number): void {
  disown(k, row);
  passOn(k, row);
}

/** The owner has died: the next one is told. */
export function abandon(k: Kernel, row: number): void {
  disown(k, row);
  words(k)[(row << mutexShift) + Mutex.abandoned] = 1;
  passOn(k, row);
}

/** Hands a free mutex to the first waiter. What a condition wait carried along is answered then. */
function passOn(k: Kernel, row: number): void {
  const at = (row << mutexShift) + Mutex.waiters;
  const thread = words(k)[at]!;
  if (thread === 0) return;
  remove(waitLinks(k), words(k), at, thread);
  k.threads[(thread << threadShift) + Thread.waitsOn] = 0;
  const status = own(k, row, thread);
  const carried = k.threads[(thread << threadShift) + Thread.registers + Register.a3]!;
  complete(k, thread, status === Status.ok ? carriedStatus(carried) : status);
}

/** What ended a condition wait, as its registers carry it; what else a program puts there is `ok`. */
export function carriedStatus(word: number): number {
  return word === Status.timeout || word === Status.interrupted || word === Status.partnerGone
    ? word
    : Status.ok;
}
