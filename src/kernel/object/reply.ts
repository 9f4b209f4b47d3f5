// Reply objects: one per thread, armed by each call and good for one answer. Arming and answering
// renew its generation, so that a capability kept from an earlier call is stale. Whoever is called
// owes the answer (`Thread.owed`) until it replies, or turns the debt into a capability (`saveReply`).
//
// A reply object outlives its thread while capabilities name it: that is how a caller can be taken
// out, destroyed and rebuilt without its callee noticing.
import { Kind, Register, Status, Syscall, ThreadState } from "../../abi/index.ts";
import { allocateRow, assert, isLive, releaseRow, renewGeneration } from "../../base/index.ts";
import { clearCapability, slotRow } from "../capability.ts";
import {
  Capability,
  capabilityShift,
  Header,
  Reply,
  replyShift,
  Thread,
  threadShift,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { complete, makeReady } from "../schedule.ts";
import { dropTimeout, leaveWait, wakeWith } from "../waiting.ts";
import { isSame, type ObjectClass } from "./object.ts";
import { putWord } from "./state.ts";

export const replyClass: ObjectClass = {
  create(k) {
    k.refusal = Status.badArgument;
    return 0;
  },
  destroyStep(k, row) {
    cancelReply(k, row);
    return true;
  },
  getState(k, row, state) {
    const base = row << replyShift;
    const thread = k.replies[base + Reply.thread]!;
    const waits = thread !== 0 && stateOfCaller(k, thread) === ThreadState.awaitingReply;
    putWord(state, "armed", k.replies[base + Reply.armed]!);
    putWord(state, "waiting", waits ? 1 : 0);
  },
  setState: () => Status.wrongState,
};

function stateOfCaller(k: Kernel, thread: number): number {
  return k.threads[(thread << threadShift) + Thread.state]!;
}

/** The reply object of a new thread, or 0 if the table is full. It counts with its thread. */
export function newReply(k: Kernel, thread: number): number {
  const row = allocateRow(k.tables[Kind.reply]!);
  if (row !== 0) k.replies[(row << replyShift) + Reply.thread] = thread;
  return row;
}

export function freeReply(k: Kernel, row: number): void {
  releaseRow(k.tables[Kind.reply]!, row);
}

/**
 * From now on the thread waits for an answer, which `debtor` owes it. Answers the generation that it
 * is owed to.
 */
export function armReply(k: Kernel, row: number, debtor: number): number {
  const base = row << replyShift;
  assert(k.replies[base + Reply.armed] === 0, "a thread makes one call at a time", row);
  k.replies[base + Reply.armed] = 1;
  k.replies[base + Reply.debtor] = debtor;
  return k.replies[base + Header.generation]!;
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

/** Nobody will answer: the caller is told, now or when it asks. */
export function cancelReply(k: Kernel, row: number, status: number = Status.partnerGone): void {
  const base = row << replyShift;
  if (k.replies[base + Reply.armed] === 0) return;
  const thread = k.replies[base + Reply.thread]!;
  if (thread !== 0 && stateOfCaller(k, thread) === ThreadState.awaitingReply) {
    wakeWith(k, thread, status);
    return;
  }
  disarmReply(k, row);
  if (thread === 0) freeReply(k, row);
}

/** The thread that owes an answer answers no more: its caller learns that it is gone. */
export function dropOwed(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  const reply = k.threads[base + Thread.owed]!;
  if (reply === 0) return;
  k.threads[base + Thread.owed] = 0;
  if (isSame(k, Kind.reply, reply, k.threads[base + Thread.owedGeneration]!)) cancelReply(k, reply);
}

/**
 * A thread that owes an answer ends. If a capability names the debt, its holder may answer, or give it
 * to the thread's successor; otherwise nobody will.
 */
export function leaveOwed(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  const reply = k.threads[base + Thread.owed]!;
  const generation = k.threads[base + Thread.owedGeneration]!;
  const isNamed = k.replies[(reply << replyShift) + Header.capabilityCount]! > 0;
  if (reply === 0 || !isNamed || !isSame(k, Kind.reply, reply, generation)) dropOwed(k, thread);
  else giveUpOwed(k, thread);
}

/** The debt of a thread is left to the capabilities that name it. */
export function giveUpOwed(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  k.replies[(k.threads[base + Thread.owed]! << replyShift) + Reply.debtor] = 0;
  k.threads[base + Thread.owed] = 0;
}

/** A thread takes over a debt, from the thread that had it or from a capability. */
export function adoptOwed(k: Kernel, thread: number, reply: number): void {
  const base = thread << threadShift;
  const debtor = k.replies[(reply << replyShift) + Reply.debtor]!;
  if (debtor !== 0) k.threads[(debtor << threadShift) + Thread.owed] = 0;
  k.threads[base + Thread.owed] = reply;
  k.threads[base + Thread.owedGeneration] = k.replies[(reply << replyShift) + Header.generation]!;
  k.replies[(reply << replyShift) + Reply.debtor] = thread;
}

/** Whether an armed reply object would be forgotten with its last name: nobody could answer it. */
export function isOnlyNamed(k: Kernel, row: number): boolean {
  const base = row << replyShift;
  return k.replies[base + Reply.debtor] === 0 || k.replies[base + Reply.thread] === 0;
}

/**
 * A thread ends: its reply object goes with it, unless an answer is owed and somebody names it, who
 * may give it to the thread's successor.
 */
export function leaveReply(k: Kernel, thread: number): void {
  const row = k.threads[(thread << threadShift) + Thread.reply]!;
  if (row === 0) return;
  const base = row << replyShift;
  assert(isLive(k.tables[Kind.reply]!, row), "a thread's reply object lives", thread, row);
  k.replies[base + Reply.thread] = 0;
  k.threads[(thread << threadShift) + Thread.reply] = 0;
  const isNamed = k.replies[base + Header.capabilityCount]! > 0;
  if (k.replies[base + Reply.armed] === 1 && isNamed) return;
  disarmReply(k, row);
  freeReply(k, row);
}

/** A thread takes over an orphaned reply object in place of its own, and will wait for its answer. */
export function adoptReply(k: Kernel, thread: number, row: number): boolean {
  const base = row << replyShift;
  const own = k.threads[(thread << threadShift) + Thread.reply]!;
  if (row === own) return true;
  if (k.replies[base + Reply.thread] !== 0 || k.replies[base + Reply.armed] !== 1) return false;
  disarmReply(k, own);
  freeReply(k, own);
  k.replies[base + Reply.thread] = thread;
  k.threads[(thread << threadShift) + Thread.reply] = row;
  return true;
}

/** Whether a stopped thread has the wait for its answer still to make. */
export function isStoppedCaller(k: Kernel, thread: number): boolean {
  const base = thread << threadShift;
  return (
    k.threads[base + Thread.state] === ThreadState.stopped &&
    k.threads[base + Thread.registers + Register.call] === Syscall.awaitReply
  );
}

