// Reply objects: one per thread, armed by each call and good for one answer. Arming and answering
// renew its generation, so that a capability kept from an earlier call is stale. Whoever is called
// owes the answer (`Thread.owed`) until it replies, or turns the debt into a capability (`saveReply`).
//
// A reply object outlives its thread while capabilities name it: that is how a caller can be taken
// out, destroyed and rebuilt without its callee noticing.
import { Kind, Register, Status, Syscall, ThreadState } from "../../abi/index.ts";
import { allocateRow, assert, isLive, releaseRow } from "../../base/index.ts";
import { Header, Reply, replyShift, Thread, threadShift } from "../layout.ts";
import { charge, discharge, makerOf } from "../charge.ts";
import type { Kernel } from "../kernel.ts";
import { waitStateOf } from "../waiting.ts";
import { disarmReply, wakeWith } from "../wake.ts";
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

/** What a caller waits for, also while its answer is being copied. */
function stateOfCaller(k: Kernel, thread: number): number {
  return waitStateOf(k, thread);
}

/** The reply object of a new thread, or 0 if the table is full. It counts with its thread. */
export function newReply(k: Kernel, thread: number): number {
  const row = allocateRow(k.tables[Kind.reply]!);
  if (row !== 0) k.replies[(row << replyShift) + Reply.thread] = thread;
  return row;
}

export function freeReply(k: Kernel, row: number): void {
  dischargeReply(k, row);
  releaseRow(k.tables[Kind.reply]!, row);
}

/** A reply object without a thread is charged to the space that its thread was of. */
function chargeReply(k: Kernel, row: number, space: number): void {
  k.replies[(row << replyShift) + Header.owner] = space;
  charge(k, space);
}

function dischargeReply(k: Kernel, row: number): void {
  const owner = (row << replyShift) + Header.owner;
  discharge(k, k.replies[owner]!);
  k.replies[owner] = 0;
}

/** A space that is freed leaves the reply objects charged to it to its maker, who is charged already. */
export function bequeathReplies(k: Kernel, space: number): void {
  const { highWater } = k.tables[Kind.reply]!;
  const maker = makerOf(k, space);
  for (let row = 1; row < highWater; row++) {
    const base = row << replyShift;
    if (k.replies[base + Reply.thread] !== 0 || k.replies[base + Header.owner] !== space) continue;
    if (isLive(k.tables[Kind.reply]!, row)) k.replies[base + Header.owner] = maker;
  }
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
  if (k.replies[base + Reply.armed] === 1 && isNamed) {
    chargeReply(k, row, k.threads[(thread << threadShift) + Thread.space]!);
    return;
  }
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
  dischargeReply(k, row);
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
