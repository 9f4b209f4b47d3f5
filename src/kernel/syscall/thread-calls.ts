// Calls on threads, and what the running thread does with itself.
import {
  Kind,
  priorityCount,
  Register,
  Right,
  sliceUsMax,
  Status,
  ThreadState,
} from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import { badgeOf, findCapability, findObject, objectOf } from "../capability.ts";
import { Header, reference, Thread, ThreadFlag, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { endStep, endThread, priorityMaxOf } from "../object/thread.ts";
import { bitsFor } from "../object/notification.ts";
import { freeObject } from "../object/object.ts";
import { letStackLeave, putStackInUse } from "../object/thread-stack.ts";
import { leaveReadyQueue, makeReady, saveRegisters, setState, stateOf } from "../schedule.ts";
import { block, blocked, checkWait, finish, leaveWait } from "../waiting.ts";
import { wakeWith } from "../wake.ts";

/** a0: thread. A stopped one makes the call in its registers, or goes on if there is none. */
export function threadResume(k: Kernel): number {
  const thread = findObject(k, k.registers[Register.a0]!, Kind.thread, Right.control);
  if (thread === 0) return finish(k, k.refusal);
  if (stateOf(k, thread) !== ThreadState.stopped) return finish(k, Status.wrongState);
  // ---- commit ----
  putStackInUse(k, thread);
  makeReady(k, thread);
  return finish(k, Status.ok);
}

/**
 * a0: thread. It leaves whatever it waits in at once; its registers hold the call to make again. a1:
 * notification, told a2 bits when its stack has left, or 0. Answers w0: where the stack is now.
 */
export function threadStop(k: Kernel): number {
  const thread = findObject(k, k.registers[Register.a0]!, Kind.thread, Right.control);
  if (thread === 0) return finish(k, k.refusal);
  const named = k.registers[Register.a1]!;
  const told = named === 0 ? 0 : findCapability(k, named, Kind.notification, Right.send);
  if (named !== 0 && told === 0) return finish(k, k.refusal);
  const bits = told === 0 ? 0 : bitsFor(k, badgeOf(k, told), k.registers[Register.a2]!);
  if (told !== 0 && bits === 0) return finish(k, k.refusal);
  if (stateOf(k, thread) === ThreadState.exited) return finish(k, Status.wrongState);
  if (thread === k.current && k.portalDepth > 0) return finish(k, Status.portalMayNotBlock);
  // ---- commit ----
  const isSelf = thread === k.current;
  if (isSelf) stopSelf(k);
  else {
    leaveWait(k, thread);
    setState(k, thread, ThreadState.stopped);
  }
  const stack = letStackLeave(k, thread, told === 0 ? 0 : objectOf(k, told), bits);
  if (isSelf) k.threads[(thread << threadShift) + Thread.registers + Register.w0] = stack;
  else k.registers[Register.w0] = stack;
  return isSelf ? blocked : finish(k, Status.ok);
}

function stopSelf(k: Kernel): void {
  finish(k, Status.ok);
  saveRegisters(k);
  setState(k, k.current, ThreadState.stopped);
  k.current = 0;
}

/** a0: thread. If it waits, its call ends with `interrupted`. Never waits itself. */
export function threadInterrupt(k: Kernel): number {
  const thread = findObject(k, k.registers[Register.a0]!, Kind.thread, Right.control);
  if (thread === 0) return finish(k, k.refusal);
  const state = stateOf(k, thread);
  const isWaiting = state >= ThreadState.sending && state <= ThreadState.sleeping;
  if (!isWaiting) return finish(k, Status.wrongState);
  // ---- commit ----
  wakeWith(k, thread, Status.interrupted);
  return finish(k, Status.ok);
}

/** a0: thread, a1: priority, a2: time slice in microseconds (0: as it is). */
export function threadSchedule(k: Kernel): number {
  const thread = findObject(k, k.registers[Register.a0]!, Kind.thread, Right.control);
  if (thread === 0) return finish(k, k.refusal);
  const priority = k.registers[Register.a1]!;
  const sliceUs = k.registers[Register.a2]!;
  if (priority < 0 || priority >= priorityCount) return finish(k, Status.badArgument);
  if (sliceUs < 0 || sliceUs > sliceUsMax) return finish(k, Status.badArgument);
  if (priority > priorityMaxOf(k, thread)) return finish(k, Status.noRight);
  // ---- commit ----
  const base = thread << threadShift;
  const isQueued = k.threads[base + Thread.readyIn] !== 0;
  leaveReadyQueue(k, thread);
  k.threads[base + Thread.priority] = priority;
  if (sliceUs > 0) k.threads[base + Thread.sliceUs] = sliceUs;
  if (isQueued && stateOf(k, thread) === ThreadState.ready) makeReady(k, thread);
  if (thread === k.current) k.switchWanted = true;
  return finish(k, Status.ok);
}

/** Lets the other ready threads of its priority go first. */
export function threadYield(k: Kernel): number {
  finish(k, Status.ok);
  if (k.portalDepth > 0) return 0;
  const thread = k.current;
  saveRegisters(k);
  k.current = 0;
  makeReady(k, thread);
  return blocked;
}

/** Waits for `receiveTimeout` microseconds, then answers `timeout`. */
export function threadSleep(k: Kernel): number {
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  const isForever = timeoutUs === -1;
  return block(k, ThreadState.sleeping, reference(Kind.none, 0), isForever ? -1 : timeoutUs);
}

/** a0: exit code. The thread ends; its row stays while a capability names it. */
export function threadExit(k: Kernel): number {
  if (k.portalDepth > 0) return finish(k, Status.wrongState);
  endCurrent(k, k.registers[Register.a0]!);
  return blocked;
}

/** Ends the running thread, which is not an attached activation. */
export function endCurrent(k: Kernel, exitCode: number): void {
  const thread = k.current;
  const base = thread << threadShift;
  assert((k.threads[base + Thread.flags]! & ThreadFlag.attached) === 0, "a portal returns", thread);
  k.threads[base + Thread.exitCode] = exitCode;
  k.registers[Register.call] = 0;
  while (!endStep(k, thread));
  endThread(k, thread);
  k.current = 0;
  if (k.threads[base + Header.capabilityCount] === 0) freeObject(k, Kind.thread, thread);
}
