// Answers: reply, replyAndReceive, awaitReply and saveReply. An answer goes to whoever the reply
// object waits for. A caller that is stopped gets it too, and stays stopped; one whose state is taken
// out does not: then the answer waits (`replying`) until the state is put back.
import { Kind, Next, Register, Right, Status, Syscall, ThreadState } from "../../abi/index.ts";
import {
  currentSpace,
  findCapability,
  insertCapability,
  objectOf,
  reserveSlot,
} from "../capability.ts";
import { reference, Reply, replyShift, Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { isSame } from "../object/object.ts";
import { giveUpOwed, isStoppedCaller } from "../object/reply.ts";
import { finishCall, makeReady, setState } from "../schedule.ts";
import { block, checkWait, dropTimeout, finish, meetOnly } from "../waiting.ts";
import { findSource, receive, switchTo } from "./rendezvous.ts";
import { copyLong, giveRegisters, Progress, releasePartner, takeRegisters } from "./transfer.ts";
import { disarmReply, forgetName, releaseReplier, wakeWith } from "../wake.ts";

/** What came of giving an answer: given, given to nobody, or see `Next` and `k.refusal`. */
const Given = { yes: 0, nobody: 1, refused: 2, stopped: 3, wait: 4 } as const;

/** The reply object that the running thread owes an answer to, or 0 if its caller is gone. */
function owedBy(k: Kernel, thread: number): number {
  const base = thread << threadShift;
  const reply = k.threads[base + Thread.owed]!;
  return isSame(k, Kind.reply, reply, k.threads[base + Thread.owedGeneration]!) ? reply : 0;
}

/** Answers through the capability in a0, or, with 0 there, what is owed. Does not wait for anything else. */
export function reply(k: Kernel): number {
  const slot = k.registers[Register.a0]!;
  const capability = slot === 0 ? 0 : findCapability(k, slot, Kind.reply, Right.send);
  if (slot !== 0 && capability === 0) return finish(k, k.refusal);
  const target = slot === 0 ? owedBy(k, k.current) : objectOf(k, capability);
  if (target === 0 || k.replies[(target << replyShift) + Reply.armed] === 0) {
    if (slot === 0) k.threads[(k.current << threadShift) + Thread.owed] = 0;
    return finish(k, Status.noReply);
  }
  const given = give(k, target, true);
  if (given === Given.stopped) return Next.again;
  if (given === Given.wait) return waitToAnswer(k, target);
  if (given === Given.refused) return finish(k, k.refusal);
  if (slot === 0) k.threads[(k.current << threadShift) + Thread.owed] = 0;
  else forgetName(k, capability, target);
  return finish(k, given === Given.yes ? Status.ok : Status.partnerGone);
}

/**
 * Gives the running thread's message to whoever waits at a reply object. Below its commit line the
 * caller's call is over and it is ready: queued, or left to whoever called this.
 */
function give(k: Kernel, target: number, isQueued: boolean): number {
  const caller = k.replies[(target << replyShift) + Reply.thread]!;
  meetOnly(k, caller);
  if (!canTake(k, target, caller)) {
    meetOnly(k, 0);
    return Given.wait;
  }
  const progress = copyLong(k, {
    from: k.current,
    to: caller,
    fromDescriptor: k.registers[Register.a1]!,
    toDescriptor: k.threads[(caller << threadShift) + Thread.receiveDescriptor]!,
    mayGrant: true,
  });
  if (progress === Progress.stopped) return Given.stopped;
  if (progress === Progress.refused) return refuseAnswer(k, target, caller);
  // ---- commit ----
  const isStopped = isStoppedCaller(k, caller);
  releasePartner(k);
  giveRegisters(k, caller, 0);
  disarmReply(k, target);
  k.threads[(caller << threadShift) + Thread.waitsOn] = 0;
  finishCall(k, caller, Status.ok);
  if (isStopped) k.threads[(caller << threadShift) + Thread.timed] = 0;
  else if (isQueued) makeReady(k, caller);
  else setState(k, caller, ThreadState.ready);
  k.ipcCount++;
  return Given.yes;
}

function canTake(k: Kernel, target: number, caller: number): boolean {
  if (caller === 0 || k.replies[(target << replyShift) + Reply.held] === 1) return false;
  const state = k.threads[(caller << threadShift) + Thread.state];
  const isBound = k.threads[(k.current << threadShift) + Thread.partner] === caller;
  if (state === ThreadState.awaitingReply || isBound) return true;
  // A long copy may stop between two steps, and whoever is stopped cannot be held for it.
  const isLong = k.registers[Register.a1] !== 0;
  return isStoppedCaller(k, caller) && !isLong;
}

/** A caller whose buffers are bad gets the blame and no answer; a server whose are may try again. */
function refuseAnswer(k: Kernel, target: number, caller: number): number {
  if (!k.plan.isReceiverFault) return Given.refused;
  const { refusal } = k;
  if (isStoppedCaller(k, caller)) {
    // It learns so when it is resumed: nothing but that makes it run.
    disarmReply(k, target);
    finishCall(k, caller, refusal);
    k.threads[(caller << threadShift) + Thread.timed] = 0;
  } else wakeWith(k, caller, refusal);
  return Given.nobody;
}

/** Waits until the caller's state is put back somewhere. */
function waitToAnswer(k: Kernel, target: number): number {
  const timeoutUs = k.registers[Register.sendTimeout]!;
  const refused = checkWait(k, timeoutUs);
  const base = target << replyShift;
  if (refused !== Status.ok) return finish(k, refused);
  if (k.replies[base + Reply.replier] !== 0) return finish(k, Status.busy);
  // ---- commit ----
  k.replies[base + Reply.replier] = k.current;
  return block(k, ThreadState.replying, reference(Kind.reply, target), timeoutUs);
}

/**
 * Answers what is owed and receives the next message in one call. A caller that is gone is passed
 * over. If a sender waits, its message comes before the caller goes on; if none does, the caller
 * gets the processor.
 */
export function replyAndReceive(k: Kernel): number {
  if (findSource(k) === 0) return finish(k, k.refusal);
  const target = owedBy(k, k.current);
  let caller = 0;
  if (target !== 0) {
    caller = k.replies[(target << replyShift) + Reply.thread]!;
    const given = give(k, target, false);
    if (given === Given.stopped) return Next.again;
    if (given === Given.wait) return waitToAnswer(k, target);
    if (given === Given.refused) return finish(k, k.refusal);
    if (given === Given.nobody) caller = 0;
  }
  return receiveAfterAnswer(k, caller);
}

function receiveAfterAnswer(k: Kernel, caller: number): number {
  const server = k.current;
  k.threads[(server << threadShift) + Thread.owed] = 0;
  dropTimeout(k, server);
  k.registers[Register.call] = Syscall.receive;
  const next = receive(k);
  if (caller === 0 || k.threads[(caller << threadShift) + Thread.state] !== ThreadState.ready) {
    return next;
  }
  if (k.current === 0) return switchTo(k, caller);
  makeReady(k, caller);
  return next;
}

/** The second stage of a call, and what a caller taken out and put back makes again. */
export function awaitReply(k: Kernel): number {
  const own = k.threads[(k.current << threadShift) + Thread.reply]!;
  const base = own << replyShift;
  if (k.replies[base + Reply.armed] === 0) return finish(k, Status.partnerGone);
  k.replies[base + Reply.held] = 0;
  const replier = k.replies[base + Reply.replier]!;
  meetOnly(k, replier);
  if (replier !== 0) return takeAnswer(k, own, replier);
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) {
    // Whoever is told anything but to wait waits no more.
    disarmReply(k, own);
    return finish(k, refused);
  }
  k.threads[(k.current << threadShift) + Thread.receiveDescriptor] = k.registers[Register.a2]!;
  return block(k, ThreadState.awaitingReply, reference(Kind.reply, own), timeoutUs);
}

/** Takes the answer of a server that waited to give it. */
function takeAnswer(k: Kernel, own: number, replier: number): number {
  const from = replier << threadShift;
  const progress = copyLong(k, {
    from: replier,
    to: k.current,
    fromDescriptor: k.threads[from + Thread.registers + Register.a1]!,
    toDescriptor: k.registers[Register.a2]!,
    mayGrant: true,
  });
  if (progress === Progress.stopped) return Next.again;
  if (progress === Progress.refused && !k.plan.isReceiverFault) {
    wakeWith(k, replier, k.refusal);
    return awaitReply(k);
  }
  // ---- commit ----
  const isRefused = progress === Progress.refused;
  releasePartner(k);
  if (!isRefused) takeRegisters(k, replier, 0);
  const refusal = k.refusal;
  releaseReplier(k, own, isRefused ? Status.partnerGone : Status.ok);
  disarmReply(k, own);
  return finish(k, isRefused ? refusal : Status.ok);
}

/** Turns the answer owed into a capability in slot a0, to be given later by any thread of the space. */
export function saveReply(k: Kernel): number {
  const target = owedBy(k, k.current);
  if (target === 0) return finish(k, Status.noReply);
  const space = currentSpace(k);
  const slot = k.registers[Register.a0]!;
  const refused = reserveSlot(k, space, slot);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  const rights = Right.send | Right.derive | Right.control;
  insertCapability(k, space, slot, {
    kind: Kind.reply,
    object: target,
    rights,
    badge: 0,
    parent: 0,
  });
  giveUpOwed(k, k.current);
  return finish(k, Status.ok);
}
