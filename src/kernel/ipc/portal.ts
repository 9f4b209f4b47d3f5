// Portals: the callee's function runs on the caller's stack and slice. The caller waits for its reply
// from before the portal is entered until after it has returned, so the portal may make any call,
// even one that ends its caller; what stands then is looked at anew. Entering is a decision
// (`Next.portal`), the adapter carries it out, and the return is the next event.
//
// The message stays in the register file both ways: nothing is copied for a short call and its reply.
// A portal's long messages are bounded by `portalBytesMax`, so that they are copied in one step.
import {
  Kind,
  Next,
  portalBytesMax,
  portalNestingMax,
  Register,
  Status,
  Syscall,
  ThreadState,
} from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import {
  Endpoint,
  endpointShift,
  Header,
  reference,
  Reply,
  replyShift,
  Space,
  spaceShift,
  SpaceState,
  Thread,
  ThreadFlag,
  threadShift,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { abandon } from "../object/mutex.ts";
import { isSame } from "../object/object.ts";
import { armReply, cancelReply, dropOwed, isStoppedCaller } from "../object/reply.ts";
import { freeIfEmpty } from "../object/space.ts";
import { newActivation, threadClass } from "../object/thread.ts";
import {
  finishCall,
  makeCurrent,
  makeReady,
  mayRunAt,
  saveRegisters,
  setState,
} from "../schedule.ts";
import { armTimeout, blocked, dropTimeout, finish } from "../waiting.ts";
import { noteRedirect, type Route } from "./clan.ts";
import { finishPlan, copyRuns, makePlan } from "./message.ts";
import { giveRegisters } from "./transfer.ts";
import { disarmReply } from "../wake.ts";

const reentrant = 3;

/** Calls a portal: checks, then enters it. */
export function callPortal(k: Kernel, route: Route): number {
  const base = route.endpoint << endpointShift;
  const space = k.endpoints[base + Endpoint.space]!;
  const server = space << spaceShift;
  if (k.portalDepth >= portalNestingMax) return finish(k, Status.nestingTooDeep);
  if (
    k.spaces[server + Space.activeCount] !== 0 &&
    k.endpoints[base + Endpoint.portal] !== reentrant
  ) {
    return finish(k, Status.busy);
  }
  if (k.spaces[server + Space.state] !== SpaceState.alive) return finish(k, Status.partnerGone);
  const hasIdle = k.spaces[server + Space.firstIdleActivation] !== 0;
  if (!hasIdle && newActivation(k, space) === 0) return finish(k, k.refusal);
  const descriptor = k.registers[Register.a1]!;
  if ((descriptor | k.endpoints[base + Endpoint.descriptor]!) !== 0) {
    const status = copyIn(k, route, space);
    if (status !== Status.ok) return finish(k, status);
  }
  // ---- commit ----
  const { registers } = k;
  // A call made again may have kept the deadline of its sending, which is over.
  dropTimeout(k, k.current);
  k.threads[(k.current << threadShift) + Thread.receiveDescriptor] = registers[Register.a2]!;
  k.spaces[server + Space.activeCount]!++;
  enterActivation(k, route.endpoint, registers[Register.receiveTimeout]!);
  registers[Register.call] = 0;
  registers[Register.badge] = route.badge;
  registers[Register.a1] = 0;
  if (route.isRedirected) noteRedirect(k, route, registers, 0);
  k.portal = route.endpoint;
  k.ipcCount++;
  return Next.portal;
}

/** Writes down a portal call that the fast path has made, copied and counted. */
export function enterWritten(
  k: Kernel,
  endpoint: number,
  receiveTimeoutUs: number,
  receiveDescriptor: number,
): void {
  k.threads[(k.current << threadShift) + Thread.receiveDescriptor] = receiveDescriptor;
  enterActivation(k, endpoint, receiveTimeoutUs);
}

/** Copies a caller's long message into the portal's buffers. Above the commit line. */
function copyIn(k: Kernel, route: Route, space: number): number {
  const { from, to } = k.plan;
  const isActive = k.spaces[(space << spaceShift) + Space.activeCount] !== 0;
  if (isActive && k.registers[Register.a1] !== 0) return Status.busy;
  from.space = k.threads[(k.current << threadShift) + Thread.space]!;
  from.descriptor = k.registers[Register.a1]!;
  to.space = space;
  to.descriptor = isActive
    ? 0
    : k.endpoints[(route.endpoint << endpointShift) + Endpoint.descriptor]!;
  k.plan.mayGrant = route.mayGrant;
  return copyAll(k);
}

function copyAll(k: Kernel): number {
  const status = makePlan(k);
  if (status !== Status.ok) return status;
  if (k.plan.bytes > portalBytesMax) return Status.messageTooLong;
  copyRuns(k, 0, false);
  finishPlan(k);
  return Status.ok;
}

/** The caller waits for its reply: what it needs to be called back is in its row. */
function leaveCaller(k: Kernel, receiveTimeoutUs: number): void {
  const caller = k.current;
  const base = caller << threadShift;
  const reply = k.threads[base + Thread.reply]!;
  const { threads } = k;
  threads[base + Thread.registers + Register.call] = Syscall.awaitReply;
  threads[base + Thread.registers + Register.a2] = threads[base + Thread.receiveDescriptor]!;
  threads[base + Thread.registers + Register.receiveTimeout] = receiveTimeoutUs;
  threads[base + Thread.waitsOn] = reference(Kind.reply, reply);
  setState(k, caller, ThreadState.awaitingReply);
}

/** The caller waits, and an idle activation of the portal's space runs on its stack. */
function enterActivation(k: Kernel, endpoint: number, receiveTimeoutUs: number): void {
  const { threads } = k;
  const caller = k.current;
  const server = k.endpoints[(endpoint << endpointShift) + Endpoint.space]! << spaceShift;
  const activation = k.spaces[server + Space.firstIdleActivation]!;
  const base = activation << threadShift;
  const below = caller << threadShift;
  const reply = threads[below + Thread.reply]!;
  leaveCaller(k, receiveTimeoutUs);
  const owedGeneration = armReply(k, reply, activation);
  k.spaces[server + Space.firstIdleActivation] = threads[base + Thread.nextIdle]!;
  threads[base + Thread.state] = ThreadState.ready;
  threads[base + Thread.flags] = ThreadFlag.activation | ThreadFlag.attached;
  threads[base + Thread.priority] = threads[below + Thread.priority]!;
  threads[base + Thread.owed] = reply;
  threads[base + Thread.owedGeneration] = owedGeneration;
  threads[base + Thread.below] = caller;
  threads[base + Thread.belowGeneration] = threads[below + Header.generation]!;
  threads[base + Thread.endpoint] = endpoint;
  k.current = activation;
  k.portalDepth++;
}

/** The running portal returned: its answer, in the register file, goes to whoever waits for it. */
export function portalReturned(k: Kernel): number {
  const activation = k.current;
  const base = activation << threadShift;
  const reply = k.threads[base + Thread.owed]!;
  if ((k.threads[base + Thread.flags]! & ThreadFlag.attached) === 0) return detachedReturned(k);
  if (reply !== 0) answerFrom(k, reply);
  return leavePortal(k);
}

/** Gives the running portal's answer to the waiting thread, whose registers are in its row. */
function answerFrom(k: Kernel, reply: number): void {
  const own = k.current << threadShift;
  const isOwed = isSame(k, Kind.reply, reply, k.threads[own + Thread.owedGeneration]!);
  k.threads[own + Thread.owed] = 0;
  if (!isOwed) return;
  const caller = k.replies[(reply << replyShift) + Reply.thread]!;
  const isHeld = k.replies[(reply << replyShift) + Reply.held] === 1;
  if (caller === 0 || isHeld || (k.threads[own + Thread.flags]! & ThreadFlag.doomed) !== 0) {
    cancelReply(k, reply);
    return;
  }
  const isStopped = isStoppedCaller(k, caller) || isResumedCaller(k, caller);
  if (
    !isStopped &&
    k.threads[(caller << threadShift) + Thread.state] !== ThreadState.awaitingReply
  ) {
    cancelReply(k, reply);
    return;
  }
  const status = copyOut(k, caller);
  disarmReply(k, reply);
  giveRegisters(k, caller, 0);
  k.threads[(caller << threadShift) + Thread.waitsOn] = 0;
  finishCall(k, caller, status);
  if (isStopped) k.threads[(caller << threadShift) + Thread.timed] = 0;
  else if (caller === k.threads[own + Thread.below]) setState(k, caller, ThreadState.ready);
  else makeReady(k, caller);
}

/** Whether a caller was stopped and resumed under its portal, and has its wait still to make. */
function isResumedCaller(k: Kernel, caller: number): boolean {
  const base = caller << threadShift;
  return (
    k.threads[base + Thread.state] === ThreadState.ready &&
    k.threads[base + Thread.registers + Register.call] === Syscall.awaitReply
  );
}

/** Copies a portal's long answer. Answers what the caller is told: too long, or bad buffers. */
function copyOut(k: Kernel, caller: number): number {
  const { from, to } = k.plan;
  from.space = k.threads[(k.current << threadShift) + Thread.space]!;
  from.descriptor = k.registers[Register.a1]!;
  to.space = k.threads[(caller << threadShift) + Thread.space]!;
  to.descriptor = k.threads[(caller << threadShift) + Thread.receiveDescriptor]!;
  k.plan.mayGrant = true;
  if ((from.descriptor | to.descriptor) === 0) return Status.ok;
  return copyAll(k);
}

/** The running portal trapped, or its fuel is used up: its caller gets a status instead of an answer. */
export function portalFaulted(k: Kernel, status: number, reason: number): number {
  const activation = k.current;
  const base = activation << threadShift;
  const reply = k.threads[base + Thread.owed]!;
  const space = k.threads[base + Thread.space]!;
  k.notices.push({ notice: "fault", thread: activation, space, reason });
  k.threads[base + Thread.owed] = 0;
  if (isSame(k, Kind.reply, reply, k.threads[base + Thread.owedGeneration]!)) {
    cancelReply(k, reply, status);
  }
  return leavePortal(k);
}

/** Takes the portal off the stack and goes on below it, if what is there can go on. */
function leavePortal(k: Kernel): number {
  const activation = k.current;
  const base = activation << threadShift;
  const below = k.threads[base + Thread.below]!;
  const isThere = isSame(k, Kind.thread, below, k.threads[base + Thread.belowGeneration]!);
  retire(k, activation);
  k.current = 0;
  if (!isThere) return blocked;
  const under = below << threadShift;
  const isAttached = (k.threads[under + Thread.flags]! & ThreadFlag.attached) !== 0;
  // Nested in another portal, the caller cannot wait for an answer that comes later.
  if (isAttached && k.threads[under + Thread.state] === ThreadState.awaitingReply) {
    cancelReply(k, k.threads[under + Thread.reply]!, Status.portalMayNotBlock);
  }
  waitInEarnest(k, below);
  if (k.threads[under + Thread.state] === ThreadState.ready) {
    makeCurrent(k, below);
    // Its priority may have been lowered while the portal ran at the one that it had before.
    if (!mayRunAt(k, k.threads[under + Thread.priority]!)) k.switchWanted = true;
    return Next.resume;
  }
  assert(!isAttached || k.portalDepth > 0, "an attached caller is in a portal", below);
  return blocked;
}

/** A caller whose portal left the answer for later waits now, as long as it said it would. */
function waitInEarnest(k: Kernel, caller: number): void {
  const base = caller << threadShift;
  if (k.threads[base + Thread.state] !== ThreadState.awaitingReply) return;
  const timeoutUs = k.threads[base + Thread.registers + Register.receiveTimeout]!;
  if (timeoutUs === 0) cancelReply(k, k.threads[base + Thread.reply]!, Status.timeout);
  else armTimeout(k, caller, timeoutUs);
}

/** An activation that left the stack is idle again, or ends if its space is being destroyed. */
function retire(k: Kernel, activation: number): void {
  const base = activation << threadShift;
  const space = k.threads[base + Thread.space]!;
  const server = space << spaceShift;
  const isDoomed = (k.threads[base + Thread.flags]! & ThreadFlag.doomed) !== 0;
  if ((k.threads[base + Thread.flags]! & ThreadFlag.attached) !== 0) k.portalDepth--;
  k.spaces[server + Space.activeCount]!--;
  k.threads[base + Thread.flags] = ThreadFlag.activation;
  k.threads[base + Thread.below] = 0;
  if (isDoomed) {
    endDoomed(k, activation, space);
    return;
  }
  // What it locked it has no name of its own to unlock by: the next owner is told.
  while (k.threads[base + Thread.firstHeld] !== 0) abandon(k, k.threads[base + Thread.firstHeld]!);
  k.threads[base + Thread.state] = ThreadState.idle;
  // A space that is being taken apart, perhaps a step at a time, is not entered again.
  if (k.spaces[server + Space.state] !== SpaceState.alive) return;
  k.threads[base + Thread.nextIdle] = k.spaces[server + Space.firstIdleActivation]!;
  k.spaces[server + Space.firstIdleActivation] = activation;
}

function endDoomed(k: Kernel, activation: number, space: number): void {
  k.threads[(activation << threadShift) + Thread.state] = ThreadState.stopped;
  while (!threadClass.destroyStep(k, activation));
  freeIfEmpty(k, space);
}

/**
 * The frames of the running portal were taken out of the stack: its activation goes on as a thread
 * of its own when it is scheduled, and its caller waits.
 */
export function portalDetached(k: Kernel): number {
  const activation = k.current;
  const base = activation << threadShift;
  const below = k.threads[base + Thread.below]!;
  const isThere = isSame(k, Kind.thread, below, k.threads[base + Thread.belowGeneration]!);
  assert(k.portalDepth === 1, "only the outermost portal is detached", k.portalDepth);
  if ((k.threads[base + Thread.flags]! & ThreadFlag.doomed) !== 0)
    return endDetached(k, below, isThere);
  saveRegisters(k);
  k.threads[base + Thread.flags] = ThreadFlag.activation | ThreadFlag.detached;
  k.threads[base + Thread.below] = 0;
  k.portalDepth--;
  k.current = 0;
  makeReady(k, activation);
  if (isThere) waitInEarnest(k, below);
  return blocked;
}

/** Nothing of a portal whose space has ended goes on: its caller is told, and picked in its turn. */
function endDetached(k: Kernel, below: number, isThere: boolean): number {
  const activation = k.current;
  k.current = 0;
  dropOwed(k, activation);
  retire(k, activation);
  if (isThere) waitInEarnest(k, below);
  return blocked;
}

/** A portal that was detached has come to its end as a thread. */
function detachedReturned(k: Kernel): number {
  const activation = k.current;
  const reply = k.threads[(activation << threadShift) + Thread.owed]!;
  if (reply !== 0) answerFrom(k, reply);
  dropOwed(k, activation);
  retire(k, activation);
  k.current = 0;
  return blocked;
}
