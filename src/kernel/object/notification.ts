// Notifications: a word of bits that signals are or-ed into, and threads that wait for it. A waiter
// takes all bits that its mask lets through.
import { Kind, Register, Status } from "../../abi/index.ts";
import { nextOf, remove } from "../../base/index.ts";
import { Notification, notificationShift, Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { complete } from "../schedule.ts";
import { waitLinks } from "../waiting.ts";
import type { ObjectClass } from "./object.ts";
import { putWord, wordOf } from "./state.ts";
import { countQueue, createPlain, destroyQueueStep } from "./wait-object.ts";

export const notificationClass: ObjectClass = {
  create: createPlain(Kind.notification),
  destroyStep: destroyQueueStep(Kind.notification, Notification.waiters),
  getState(k, row, state) {
    putWord(state, "bits", bitsOf(k, row));
    putWord(state, "waiters", countQueue(k, Kind.notification, row, Notification.waiters));
  },
  setState(k, row, state) {
    words(k)[(row << notificationShift) + Notification.bits] = 0;
    raise(k, row, wordOf(state, "bits"));
    return Status.ok;
  },
};

function words(k: Kernel): Int32Array {
  return k.tables[Kind.notification]!.words;
}

export function bitsOf(k: Kernel, row: number): number {
  return words(k)[(row << notificationShift) + Notification.bits]!;
}

/** Takes the bits that a mask lets through. */
export function takeBits(k: Kernel, row: number, mask: number): number {
  const at = (row << notificationShift) + Notification.bits;
  const taken = words(k)[at]! & mask;
  words(k)[at]! &= ~mask;
  return taken;
}

/**
 * The bits that a capability signals when asked for these, 0 standing for those of its badge. A badged
 * capability signals its own bits only. Answers 0, with `k.refusal`, if it may not.
 */
export function bitsFor(k: Kernel, badge: number, bits: number): number {
  k.refusal = badge === 0 ? Status.badArgument : Status.noRight;
  if (badge !== 0 && (bits & ~badge) !== 0) return 0;
  return bits === 0 ? badge : bits;
}

/** Ors bits in and wakes the first waiter that any of them concerns. Below the commit line. */
export function raise(k: Kernel, row: number, bits: number): void {
  const at = row << notificationShift;
  words(k)[at + Notification.bits]! |= bits;
  let next = 0;
  for (let thread = words(k)[at + Notification.waiters]!; thread !== 0; thread = next) {
    next = nextOf(waitLinks(k), thread);
    if (bitsOf(k, row) === 0) return;
    const registers = (thread << threadShift) + Thread.registers;
    const taken = takeBits(k, row, k.threads[registers + Register.a1]!);
    if (taken === 0) continue;
    remove(waitLinks(k), words(k), at + Notification.waiters, thread);
    k.threads[(thread << threadShift) + Thread.waitsOn] = 0;
    k.threads[registers + Register.w0] = taken;
    complete(k, thread, Status.ok);
  }
}
