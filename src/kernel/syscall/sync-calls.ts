// Calls on notifications, mutexes, conditions, futex queues and timers.
import {
  Kind,
  Next,
  Register,
  revokeStepCount,
  Right,
  Status,
  Syscall,
  ThreadState,
} from "../../abi/index.ts";
import { badgeOf, currentSpace, findCapability, findObject, objectOf } from "../capability.ts";
import {
  Condition,
  conditionShift,
  FutexQueue,
  futexQueueShift,
  Mutex,
  mutexShift,
  Notification,
  notificationShift,
  reference,
  Thread,
  threadShift,
} from "../layout.ts";
import { eventWaits, type Kernel } from "../kernel.ts";
import { isInside } from "../ipc/message.ts";
import { wakeOne } from "../object/condition.ts";
import { requeueWaiter, waiterAt, wakeWaiter } from "../object/futex-queue.ts";
import { carriedStatus, own, ownerOf, release } from "../object/mutex.ts";
import { bitsFor, raise, takeBits } from "../object/notification.ts";
import { arm, disarm } from "../object/timer.ts";
import { blockIn, checkWait, finish } from "../waiting.ts";

/** a0: notification, a1: bits (0: those of the capability's badge). */
export function notificationSignal(k: Kernel): number {
  const capability = findCapability(k, k.registers[Register.a0]!, Kind.notification, Right.send);
  if (capability === 0) return finish(k, k.refusal);
  const bits = bitsFor(k, badgeOf(k, capability), k.registers[Register.a1]!);
  if (bits === 0) return finish(k, k.refusal);
  // ---- commit ----
  raise(k, objectOf(k, capability), bits);
  return finish(k, Status.ok);
}

/** a0: notification, a1: mask (0: all). Answers w0, the bits taken. */
export function notificationWait(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.notification, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  if (k.registers[Register.a1] === 0) k.registers[Register.a1] = -1;
  const taken = takeBits(k, row, k.registers[Register.a1]!);
  if (taken !== 0) return took(k, taken);
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  return blockIn(k, ThreadState.waitingNotification, reference(Kind.notification, row), {
    words: k.tables[Kind.notification]!.words,
    at: (row << notificationShift) + Notification.waiters,
    timeoutUs,
  });
}

function took(k: Kernel, bits: number): number {
  k.registers[Register.w0] = bits;
  return finish(k, Status.ok);
}

/** As `notificationWait`, without waiting: w0 is 0 if nothing was signalled. */
export function notificationPoll(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.notification, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  return took(k, takeBits(k, row, k.registers[Register.a1]! || -1));
}

/**
 * a0: mutex. a3 is what to answer once it is locked: 0, or what ended a condition wait. After a
 * condition wait a2 is 1, and an interrupt is answered only with the mutex held.
 */
export function mutexLock(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.mutex, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  if (ownerOf(k, row) === k.current) return finish(k, Status.notOwner);
  if (ownerOf(k, row) === 0) {
    const status = own(k, row, k.current);
    return finish(k, status === Status.ok ? carriedStatus(k.registers[Register.a3]!) : status);
  }
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  return blockIn(k, ThreadState.lockingMutex, reference(Kind.mutex, row), {
    words: k.tables[Kind.mutex]!.words,
    at: (row << mutexShift) + Mutex.waiters,
    timeoutUs,
  });
}

export function mutexTryLock(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.mutex, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  if (ownerOf(k, row) === k.current) return finish(k, Status.notOwner);
  return finish(k, ownerOf(k, row) === 0 ? own(k, row, k.current) : Status.wouldBlock);
}

export function mutexUnlock(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.mutex, Right.send);
  if (row === 0) return finish(k, k.refusal);
  if (ownerOf(k, row) !== k.current) return finish(k, Status.notOwner);
  // ---- commit ----
  release(k, row);
  return finish(k, Status.ok);
}

/**
 * a0: condition, a1: mutex, which the caller holds. Unlocks and waits in one step; from then on the
 * thread's call is `mutexLock`, so that it always comes back with the mutex held.
 */
export function conditionWait(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.condition, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  const slot = k.registers[Register.a1]!;
  const mutex = findObject(k, slot, Kind.mutex, Right.receive | Right.send);
  if (mutex === 0) return finish(k, k.refusal);
  if (ownerOf(k, mutex) !== k.current) return finish(k, Status.notOwner);
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  release(k, mutex);
  k.registers[Register.call] = Syscall.mutexLock;
  k.registers[Register.a0] = slot;
  k.registers[Register.a2] = 1;
  k.registers[Register.a3] = Status.ok;
  k.registers[Register.receiveTimeout] = -1;
  return blockIn(k, ThreadState.waitingCondition, reference(Kind.condition, row), {
    words: k.tables[Kind.condition]!.words,
    at: (row << conditionShift) + Condition.waiters,
    timeoutUs,
  });
}

export function conditionSignal(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.condition, Right.send);
  if (row === 0) return finish(k, k.refusal);
  // ---- commit ----
  k.registers[Register.w0] = wakeOne(k, row) ? 1 : 0;
  return finish(k, Status.ok);
}

export function conditionBroadcast(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.condition, Right.send);
  if (row === 0) return finish(k, k.refusal);
  for (let n = 1; wakeOne(k, row); n++) {
    if (shouldStop(k, n)) return Next.again;
  }
  return finish(k, Status.ok);
}

function shouldStop(k: Kernel, n: number): boolean {
  return n % revokeStepCount === 0 && k.portalDepth === 0 && eventWaits(k, false);
}

/** a0: futex queue, a1: address, a2: expected value. Waits if the word still has it. */
export function futexWait(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.futexQueue, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  const address = k.registers[Register.a1]!;
  const space = currentSpace(k);
  if ((address & 3) !== 0 || !isInside(k, space, address, 4)) return finish(k, Status.badAddress);
  if (k.memories.load(space, address) !== k.registers[Register.a2]) {
    return finish(k, Status.wouldBlock);
  }
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  k.threads[(k.current << threadShift) + Thread.futexAddress] = address;
  return blockIn(k, ThreadState.waitingFutex, reference(Kind.futexQueue, row), {
    words: k.tables[Kind.futexQueue]!.words,
    at: (row << futexQueueShift) + FutexQueue.waiters,
    timeoutUs,
  });
}

/** a0: futex queue, a1: address, a2: how many at most. Adds those woken to w0, 0 at the start. */
export function futexWake(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.futexQueue, Right.send);
  if (row === 0) return finish(k, k.refusal);
  for (let n = 1; k.registers[Register.a2]! > 0; n++) {
    const thread = waiterAt(k, row, k.registers[Register.a1]!);
    if (thread === 0) break;
    wakeWaiter(k, row, thread);
    k.registers[Register.w0]!++;
    k.registers[Register.a2]!--;
    if (shouldStop(k, n)) return Next.again;
  }
  return finish(k, Status.ok);
}

/**
 * a0: futex queue, a1: address, a2: how many to wake, a3: address to move others to, w1: how many to
 * move at most. Adds those woken to w0 and those moved to w2.
 */
export function futexRequeue(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.futexQueue, Right.send);
  if (row === 0) return finish(k, k.refusal);
  const to = { row, slot: 0, address: k.registers[Register.a3]! };
  if (to.address === k.registers[Register.a1]) return finish(k, Status.badArgument);
  for (let n = 1; (k.registers[Register.a2]! | k.registers[Register.w1]!) > 0; n++) {
    const thread = waiterAt(k, row, k.registers[Register.a1]!);
    if (thread === 0) break;
    const isWoken = k.registers[Register.a2]! > 0;
    if (isWoken) wakeWaiter(k, row, thread);
    else requeueWaiter(k, thread, row, to);
    k.registers[isWoken ? Register.w0 : Register.w2]!++;
    k.registers[isWoken ? Register.a2 : Register.w1]!--;
    if (shouldStop(k, n)) return Next.again;
  }
  return finish(k, Status.ok);
}

/** a0: timer, a1: notification, a2: bits (0: those of the capability's badge), w0: microseconds from now, w1: period (0: once). */
export function timerSet(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.timer, Right.send);
  if (row === 0) return finish(k, k.refusal);
  const capability = findCapability(k, k.registers[Register.a1]!, Kind.notification, Right.send);
  if (capability === 0) return finish(k, k.refusal);
  const delayUs = k.registers[Register.w0]!;
  const periodUs = k.registers[Register.w1]!;
  if (delayUs < 0 || periodUs < 0) return finish(k, Status.badArgument);
  const bits = bitsFor(k, badgeOf(k, capability), k.registers[Register.a2]!);
  if (bits === 0) return finish(k, k.refusal);
  // ---- commit ----
  const target = objectOf(k, capability);
  disarm(k, row);
  arm(k, row, { notification: target, bits, deadlineNs: k.nowNs + delayUs * 1000, periodUs });
  return finish(k, Status.ok);
}

/** a0: timer. Answers w0: whether it was armed. */
export function timerCancel(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.timer, Right.send);
  if (row === 0) return finish(k, k.refusal);
  // ---- commit ----
  k.registers[Register.w0] = disarm(k, row) ? 1 : 0;
  return finish(k, Status.ok);
}
