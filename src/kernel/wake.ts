// Waking: how a wait ends otherwise than by what was waited for. A caller that gives up its answer
// disarms its reply object, and that sends away a server that waits to give one: the two belong together.
import { Kind, Register, Status, Syscall, ThreadState } from "../abi/index.ts";
import { renewGeneration } from "../base/index.ts";
import { clearCapability, slotRow } from "./capability.ts";
import {
  Capability,
  capabilityShift,
  Header,
  Reply,
  replyShift,
  Thread,
  threadShift,
} from "./layout.ts";
import type { Kernel } from "./kernel.ts";
import { complete, makeReady } from "./schedule.ts";
import { dropTimeout, leaveWait } from "./waiting.ts";

/** Ends a thread's wait with a status: what time-outs, interrupts and dying objects do. */
export function wakeWith(k: Kernel, thread: number, status: number): void {
  const base = thread << threadShift;
  leaveWait(k, thread);
  const state = k.threads[base + Thread.state];
  dropTimeout(k, thread);
  if (state === ThreadState.awaitingReply) disarmReply(k, k.threads[base + Thread.reply]!);
  if (state === ThreadState.waitingCondition || isLockOwed(k, thread, state, status)) {
    // A condition wait ends with the mutex held: once it is locked, this status is answered.
    k.threads[base + Thread.registers + Register.a3] = status;
    makeReady(k, thread);
  } else endWait(k, thread, status);
}

/** An interrupt ends a condition wait, but not the locking of the mutex that comes after it. */
function isLockOwed(k: Kernel, thread: number, state: number, status: number): boolean {
  if (state !== ThreadState.lockingMutex || status !== Status.interrupted) return false;
  return k.threads[(thread << threadShift) + Thread.registers + Register.a2] === 1;
}

/**
 * A thread's wait is over. A faulted thread, which waited for its supervisor to hear of it, has its
 * exit still to make.
 */
export function endWait(k: Kernel, thread: number, status: number): void {
  const call = k.threads[(thread << threadShift) + Thread.registers + Register.call];
  if (call === Syscall.threadExit) makeReady(k, thread);
  else complete(k, thread, status);
}

/** The answer was given, or will not be taken: no name of this call's reply object is good now. */
export function disarmReply(k: Kernel, row: number): void {
  const base = row << replyShift;
  k.replies[base + Reply.armed] = 0;
  k.replies[base + Reply.held] = 0;
  k.replies[base + Header.capabilityCount] = 0;
  renewGeneration(k.tables[Kind.reply]!, row);
  if (k.replies[base + Reply.replier] !== 0) releaseReplier(k, row, Status.partnerGone);
}

/**
 * The answer of a server that waited to give it is taken, or will not be: `reply` is over, and the
 * capability it went through is worth nothing; `replyAndReceive` goes on as `receive`.
 */
export function releaseReplier(k: Kernel, row: number, status: number): void {
  const replier = k.replies[(row << replyShift) + Reply.replier]!;
  const base = replier << threadShift;
  const call = base + Thread.registers + Register.call;
  leaveWait(k, replier);
  dropTimeout(k, replier);
  k.threads[base + Thread.waitsOn] = 0;
  k.replies[(row << replyShift) + Reply.replier] = 0;
  const slot = k.threads[base + Thread.registers + Register.a0]!;
  const isCombined = k.threads[call] === Syscall.replyAndReceive;
  if (isCombined || slot === 0) k.threads[base + Thread.owed] = 0;
  else forgetName(k, slotRow(k, k.threads[base + Thread.space]!, slot), row);
  if (isCombined) {
    k.threads[call] = Syscall.receive;
    makeReady(k, replier);
  } else complete(k, replier, status);
}

/** The slot of a reply capability that was used is free again, unless others derive from it. */
export function forgetName(k: Kernel, capability: number, row: number): void {
  const base = capability << capabilityShift;
  const isName = (k.capabilities[base + Capability.header]! & 0xff) === Kind.reply;
  if (!isName || k.capabilities[base + Capability.object] !== row) return;
  if (k.capabilities[base + Capability.firstChild] === 0) clearCapability(k, capability);
}
