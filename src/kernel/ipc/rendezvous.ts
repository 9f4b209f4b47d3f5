// Rendezvous: send, receive, call and their meeting. One of the two parties is the running thread,
// the other waits at the endpoint or at its set. Senders are served in the order in which they came.
//
// Restart: above the commit line nothing has changed but bytes in the receiver's buffers, whose
// content is undefined until the message is there; an interrupted call is made again from its
// registers. Below it nothing can fail.
import {
  destroyStepCount,
  Kind,
  Next,
  Register,
  Right,
  Status,
  Syscall,
  ThreadState,
} from "../../abi/index.ts";
import { assert, nextOf, remove } from "../../base/index.ts";
import {
  currentSpace,
  findCapability,
  kindOf,
  namesLiveObject,
  objectOf,
  slotRow,
} from "../capability.ts";
import {
  Endpoint,
  endpointShift,
  EndpointSet,
  endpointSetShift,
  reference,
  referenceRow,
  Thread,
  threadShift,
} from "../layout.ts";
import { eventWaits, type Kernel } from "../kernel.ts";
import { firstMember, nextMember, rotateMember } from "../object/endpoint.ts";
import { armReply, dropOwed } from "../object/reply.ts";
import { makeCurrent, makeReady, mayRunAt, finishCall, setState } from "../schedule.ts";
import {
  armTimeout,
  block,
  blocked,
  blockIn,
  boundReceiver,
  boundSender,
  checkWait,
  dropTimeout,
  finish,
  mayWait,
  meetOnly,
  queueOf,
  receiverFor,
  waitLinks,
} from "../waiting.ts";
import { noteRedirect, type Route, routeOf } from "./clan.ts";
import { callPortal } from "./portal.ts";
import { checkDescriptor } from "./message.ts";
import { copyLong, giveRegisters, Progress, releasePartner, takeRegisters } from "./transfer.ts";
import { endWait, wakeWith } from "../wake.ts";

export function send(k: Kernel): number {
  return offer(k, false);
}

/** Sends, then waits for the answer: two stages, `call` and `awaitReply`. */
export function call(k: Kernel): number {
  return offer(k, true);
}

function offer(k: Kernel, isCaller: boolean): number {
  const capability = findCapability(k, k.registers[Register.a0]!, Kind.endpoint, Right.send);
  if (capability === 0) return finish(k, k.refusal);
  const route = routeOf(k, currentSpace(k), capability);
  if (route.endpoint === 0) return finish(k, Status.partnerGone);
  if (isCaller && k.registers[Register.receiveTimeout]! < -1) return finish(k, Status.badArgument);
  const bound = boundReceiver(k, route.endpoint, route.badge);
  meetOnly(k, bound);
  const form = k.endpoints[(route.endpoint << endpointShift) + Endpoint.portal]!;
  if (form !== 0) return isCaller ? callPortal(k, route) : finish(k, Status.wrongState);
  if (isCaller && !mayWait(k)) return finish(k, Status.portalMayNotBlock);
  // A receiver needs time to answer, however soon the message is taken.
  if (isCaller && k.registers[Register.receiveTimeout] === 0) return finish(k, Status.timeout);
  return sendAlong(k, route, bound, isCaller);
}

/**
 * To the partner of a stopped copy, or the first receiver that accepts this badge. A receiver that
 * is found wanting is told so, and the next one is tried.
 */
function sendAlong(k: Kernel, route: Route, bound: number, isCaller: boolean): number {
  let receiver = bound === 0 ? receiverFor(k, route.endpoint, route.badge) : bound;
  for (let n = 1; receiver !== 0; n++) {
    const next = deliver(k, route, receiver, isCaller);
    if (next !== passedOver) return next;
    if (lastOfStep(k, n)) return Next.again;
    receiver = receiverFor(k, route.endpoint, route.badge);
  }
  return waitToSend(k, route, isCaller);
}

/** What `deliver` answers if the receiver could not take the message, and was told. */
const passedOver = -1;

/** After so many partners that were passed over, an event that waits is let in. */
function lastOfStep(k: Kernel, n: number): boolean {
  return n % destroyStepCount === 0 && mayWait(k) && eventWaits(k, false);
}

function waitToSend(k: Kernel, route: Route, isCaller: boolean): number {
  const timeoutUs = k.registers[Register.sendTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) return finish(k, refused);
  const base = k.current << threadShift;
  // ---- commit ----
  k.threads[base + Thread.badge] = route.badge;
  k.threads[base + Thread.isCaller] = isCaller ? 1 : 0;
  k.threads[base + Thread.mayGrant] = route.mayGrant ? 1 : 0;
  k.threads[base + Thread.isRedirected] = route.isRedirected ? 1 : 0;
  return blockIn(k, ThreadState.sending, reference(Kind.endpoint, route.endpoint), {
    words: k.endpoints,
    at: (route.endpoint << endpointShift) + Endpoint.senders,
    timeoutUs,
  });
}

function deliver(k: Kernel, route: Route, receiver: number, isCaller: boolean): number {
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const progress = copyLong(k, {
    from: k.current,
    to: receiver,
    fromDescriptor: k.registers[Register.a1]!,
    toDescriptor: k.threads[(receiver << threadShift) + Thread.receiveDescriptor]!,
    mayGrant: route.mayGrant,
  });
  if (progress === Progress.stopped) return Next.again;
  if (progress === Progress.refused) return refuseSend(k, receiver);
  // ---- commit ----
  leaveQueue(k, receiver);
  releasePartner(k);
  giveRegisters(k, receiver, route.badge);
  if (route.isRedirected) {
    noteRedirect(k, route, k.threads, (receiver << threadShift) + Thread.registers);
  }
  finishCall(k, receiver, Status.ok);
  k.ipcCount++;
  if (!isCaller) {
    makeReady(k, receiver);
    return finish(k, Status.ok);
  }
  waitForAnswer(k, receiver, timeoutUs);
  return switchTo(k, receiver);
}

/** A refusal on the receiver's account wakes the receiver; any other is the sender's. */
function refuseSend(k: Kernel, receiver: number): number {
  if (!k.plan.isReceiverFault) return finish(k, k.refusal);
  wakeWith(k, receiver, k.refusal);
  return passedOver;
}

/** A thread that is served leaves its queue. */
function leaveQueue(k: Kernel, thread: number): void {
  const queue = queueOf(k, thread);
  if (queue !== undefined) remove(waitLinks(k), queue.words, queue.at, thread);
  k.threads[(thread << threadShift) + Thread.waitsOn] = 0;
}

/**
 * As `noteRedirect`, for a sender that waited at `endpoint`: its way is found again from its
 * registers. If another thread has changed what they name, the chief sees the sender alone.
 */
function noteWaitingRedirect(k: Kernel, sender: number, endpoint: number): void {
  const base = sender << threadShift;
  const space = k.threads[base + Thread.space]!;
  const capability = slotRow(k, space, k.threads[base + Thread.registers + Register.a0]!);
  if (
    capability !== 0 &&
    kindOf(k, capability) === Kind.endpoint &&
    namesLiveObject(k, capability)
  ) {
    const route = routeOf(k, space, capability);
    if (route.isRedirected && route.endpoint === endpoint) {
      noteRedirect(k, route, k.registers, 0);
      return;
    }
  }
  k.registers[Register.a1] = space;
  k.registers[Register.a2] = 0;
  k.registers[Register.a3] = 0;
}

/** The running thread has sent its call and waits for the answer, which `server` owes from now on. */
function waitForAnswer(k: Kernel, server: number, timeoutUs: number): void {
  const caller = k.current;
  const reply = k.threads[(caller << threadShift) + Thread.reply]!;
  owe(k, server, reply);
  k.registers[Register.call] = Syscall.awaitReply;
  k.threads[(caller << threadShift) + Thread.receiveDescriptor] = k.registers[Register.a2]!;
  dropTimeout(k, caller);
  block(k, ThreadState.awaitingReply, reference(Kind.reply, reply), timeoutUs);
}

function owe(k: Kernel, server: number, reply: number): void {
  const base = server << threadShift;
  assert(k.threads[base + Thread.owed] === 0, "a receiver owes nothing", server);
  k.threads[base + Thread.owed] = reply;
  k.threads[base + Thread.owedGeneration] = armReply(k, reply, server);
}

/**
 * Hands the processor to a thread whose wait is over, without asking the scheduler, on what is left
 * of the slice; unless a ready thread has a higher priority.
 */
export function switchTo(k: Kernel, thread: number): number {
  setState(k, thread, ThreadState.ready);
  const priority = k.threads[(thread << threadShift) + Thread.priority]!;
  if (k.directSwitch && mayRunAt(k, priority)) {
    makeCurrent(k, thread);
    return Next.switched;
  }
  makeReady(k, thread);
  return blocked;
}

export function receive(k: Kernel): number {
  const capability = findSource(k);
  if (capability === 0) return finish(k, k.refusal);
  const descriptor = k.registers[Register.a2]!;
  if (descriptor !== 0) {
    const side = { space: k.threads[(k.current << threadShift) + Thread.space]!, descriptor };
    const status = checkDescriptor(k, side);
    if (status !== Status.ok) return finish(k, status);
  }
  return receiveFrom(k, kindOf(k, capability), objectOf(k, capability));
}

/** The endpoint or set in a0, if it may be received from; 0 with `k.refusal` otherwise. */
export function findSource(k: Kernel): number {
  const capability = findCapability(k, k.registers[Register.a0]!, Kind.none, Right.receive);
  if (capability === 0) return 0;
  const kind = kindOf(k, capability);
  if (kind !== Kind.endpoint && kind !== Kind.endpointSet) {
    k.refusal = Status.badCapability;
    return 0;
  }
  if (kind === Kind.endpoint && isPortal(k, objectOf(k, capability))) {
    k.refusal = Status.wrongState;
    return 0;
  }
  return capability;
}

function isPortal(k: Kernel, endpoint: number): boolean {
  return k.endpoints[(endpoint << endpointShift) + Endpoint.portal] !== 0;
}

function receiveFrom(k: Kernel, kind: number, row: number): number {
  meetOnly(k, boundSender(k, kind, row));
  for (let n = 1; ; n++) {
    const sender = findSender(k, kind, row);
    if (sender === 0) return waitToReceive(k, kind, row);
    const progress = copyLong(k, {
      from: sender,
      to: k.current,
      fromDescriptor: k.threads[(sender << threadShift) + Thread.registers + Register.a1]!,
      toDescriptor: k.registers[Register.a2]!,
      mayGrant: k.threads[(sender << threadShift) + Thread.mayGrant] === 1,
    });
    if (progress === Progress.stopped) return Next.again;
    if (progress === Progress.ready) return accept(k, kind, row, sender);
    if (k.plan.isReceiverFault) return finish(k, k.refusal);
    wakeWith(k, sender, k.refusal);
    if (lastOfStep(k, n)) return Next.again;
  }
}

/** The partner of a stopped long copy, or the first sender that this receive lets in, or 0. */
function findSender(k: Kernel, kind: number, row: number): number {
  const partner = k.threads[(k.current << threadShift) + Thread.partner]!;
  if (partner !== 0) return partner;
  if (kind === Kind.endpoint) return senderAt(k, row);
  for (let member = firstMember(k, row); member !== 0; member = nextMember(k, member)) {
    const sender = senderAt(k, member);
    if (sender !== 0) return sender;
  }
  return 0;
}

/** The first sender at an endpoint whom the running thread's receive lets in, or 0. */
function senderAt(k: Kernel, endpoint: number): number {
  const onlyFrom = k.registers[Register.a3]!;
  let thread = k.endpoints[(endpoint << endpointShift) + Endpoint.senders]!;
  for (; thread !== 0; thread = nextOf(waitLinks(k), thread)) {
    const base = thread << threadShift;
    if (k.threads[base + Thread.state] === ThreadState.transferring) continue;
    if (onlyFrom === 0 || onlyFrom === k.threads[base + Thread.badge]) return thread;
  }
  return 0;
}

function waitToReceive(k: Kernel, kind: number, row: number): number {
  const timeoutUs = k.registers[Register.receiveTimeout]!;
  const refused = checkWait(k, timeoutUs);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  dropOwed(k, k.current);
  const base = k.current << threadShift;
  k.threads[base + Thread.receiveDescriptor] = k.registers[Register.a2]!;
  k.threads[base + Thread.onlyFrom] = k.registers[Register.a3]!;
  const isEndpoint = kind === Kind.endpoint;
  return blockIn(k, ThreadState.receiving, reference(kind, row), {
    words: isEndpoint ? k.endpoints : k.tables[Kind.endpointSet]!.words,
    at: isEndpoint
      ? (row << endpointShift) + Endpoint.receivers
      : (row << endpointSetShift) + EndpointSet.receivers,
    timeoutUs,
  });
}

/** The running thread takes the message of a waiting sender, who waits on as a caller or goes on. */
function accept(k: Kernel, kind: number, row: number, sender: number): number {
  const base = sender << threadShift;
  // ---- commit ----
  dropOwed(k, k.current);
  const endpoint = referenceRow(k.threads[base + Thread.waitsOn]!);
  if (kind === Kind.endpointSet) rotateMember(k, row, endpoint);
  leaveQueue(k, sender);
  releasePartner(k);
  takeRegisters(k, sender, k.threads[base + Thread.badge]!);
  if (k.threads[base + Thread.isRedirected] === 1) noteWaitingRedirect(k, sender, endpoint);
  k.ipcCount++;
  if (k.threads[base + Thread.isCaller] === 0) endWait(k, sender, Status.ok);
  else acceptCaller(k, sender);
  return finish(k, Status.ok);
}

function acceptCaller(k: Kernel, sender: number): void {
  const base = sender << threadShift;
  const registers = base + Thread.registers;
  const reply = k.threads[base + Thread.reply]!;
  owe(k, k.current, reply);
  k.threads[registers + Register.call] = Syscall.awaitReply;
  k.threads[base + Thread.receiveDescriptor] = k.threads[registers + Register.a2]!;
  setState(k, sender, ThreadState.awaitingReply);
  k.threads[base + Thread.waitsOn] = reference(Kind.reply, reply);
  dropTimeout(k, sender);
  armTimeout(k, sender, k.threads[registers + Register.receiveTimeout]!);
}
