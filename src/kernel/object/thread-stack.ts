// Where a thread's stack is. The kernel has the registers of a thread at any moment; the frames of its
// code are its adapter's, and while the engine holds them nobody can read them. So stopping a thread has
// two stages: it is stopped at once, and its frames are data a little later, which the adapter says by an
// event. Whoever stopped it can have that told to a notification, whatever came of it.
import { Kind, StackState } from "../../abi/index.ts";
import { isLive } from "../../base/index.ts";
import { Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { raise } from "./notification.ts";
import { generationOf, isSame } from "./object.ts";

export function stackOf(k: Kernel, thread: number): number {
  return k.threads[(thread << threadShift) + Thread.stack]!;
}

/** The thread's code goes on. What it was to leave for is over. */
export function putStackInUse(k: Kernel, thread: number): void {
  const wasLeaving = stackOf(k, thread) === StackState.leaving;
  setStack(k, thread, StackState.inUse);
  if (wasLeaving) tell(k, thread);
}

/**
 * The thread was stopped: its frames are to leave, unless they have. `notification` is told when they
 * have, now if that is so; 0 for none. Answers where the stack is.
 */
export function letStackLeave(
  k: Kernel,
  thread: number,
  notification: number,
  bits: number,
): number {
  const base = thread << threadShift;
  k.threads[base + Thread.stackNotification] = notification;
  k.threads[base + Thread.stackGeneration] = generationOf(k, Kind.notification, notification);
  k.threads[base + Thread.stackBits] = bits;
  if (stackOf(k, thread) === StackState.inUse) {
    setStack(k, thread, StackState.leaving);
    const space = k.threads[base + Thread.space]!;
    k.notices.push({ notice: "threadStopped", thread, space });
  } else if (stackOf(k, thread) !== StackState.leaving) tell(k, thread);
  return stackOf(k, thread);
}

/** The adapter has done what it could. A thread that was resumed or ended meanwhile is left alone. */
export function stackLeft(k: Kernel, thread: number, state: number): void {
  if (!isLive(k.tables[Kind.thread]!, thread)) return;
  if (stackOf(k, thread) !== StackState.leaving) return;
  setStack(k, thread, state);
  tell(k, thread);
}

function setStack(k: Kernel, thread: number, state: number): void {
  k.threads[(thread << threadShift) + Thread.stack] = state;
}

/** The thread has ended, and what is left of its stack is nobody's. */
export function endStack(k: Kernel, thread: number): void {
  stackLeft(k, thread, StackState.out);
}

/** Whoever waits for the stack to leave is told once, whatever came of it. */
function tell(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  const target = k.threads[base + Thread.stackNotification]!;
  if (target === 0) return;
  k.threads[base + Thread.stackNotification] = 0;
  if (!isSame(k, Kind.notification, target, k.threads[base + Thread.stackGeneration]!)) return;
  raise(k, target, k.threads[base + Thread.stackBits]!);
}
