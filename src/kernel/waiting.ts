// Waiting: how a thread leaves the processor inside a call, and how it gets out of its wait again.
// While a thread waits, its registers (saved in its row) hold the call it will make when it runs
// again, so taking it out of its wait at any moment loses nothing: `leaveWait` is all that stopping,
// interrupting and destroying a thread have to do.
import { Kind, Register, Status, ThreadState } from "../abi/index.ts";
import { append, assert, type Links, nextOf, remove } from "../base/index.ts";
import {
  Condition,
  conditionShift,
  Endpoint,
  endpointShift,
  EndpointSet,
  endpointSetShift,
  FutexQueue,
  futexQueueShift,
  Mutex,
  mutexShift,
  Notification,
  notificationShift,
  referenceKind,
  referenceRow,
  Reply,
  replyShift,
  Thread,
  threadShift,
} from "./layout.ts";
import type { Kernel } from "./kernel.ts";
import { makeReady, saveRegisters, setState } from "./schedule.ts";
import { leaveList, setDeadline } from "./wake-lists.ts";

/** What a handler answers, beside `Next`: its thread waits and the scheduler decides. */
export const blocked = 4;

/** A deadline that counts, and is in a wake-up list; or one kept for the call to be made again. */
const armed = 1;
const kept = 2;

export function waitLinks(k: Kernel): Links {
  return { words: k.threads, rowWords: 1 << threadShift, nextWord: Thread.waitNext };
}

/** Ends the running thread's call. One refused between two steps of a long copy frees its partner. */
export function finish(k: Kernel, status: number): 0 {
  if (k.threads[(k.current << threadShift) + Thread.partner] !== 0) rollBackTransfer(k, k.current);
  k.registers[Register.call] = 0;
  k.registers[Register.status] = status;
  return 0;
}

/** Whether the running thread may wait: an attached activation may not. */
export function mayWait(k: Kernel): boolean {
  return k.portalDepth === 0;
}

/**
 * Refuses a call that would wait: in a portal, or with no time to wait. Answers `Status.ok` if the
 * thread may wait for `timeoutUs`.
 */
export function checkWait(k: Kernel, timeoutUs: number): number {
  if (timeoutUs === 0) return Status.timeout;
  if (timeoutUs < -1) return Status.badArgument;
  if (!mayWait(k)) return Status.portalMayNotBlock;
  return isOver(k, k.current) ? Status.timeout : Status.ok;
}

/** A call made again whose kept deadline has passed. */
function isOver(k: Kernel, thread: number): boolean {
  const base = thread << threadShift;
  if (k.threads[base + Thread.timed] !== kept) return false;
  return k.threadTimes[(base + Thread.deadline) >> 1]! <= k.nowNs;
}

/**
 * The running thread waits, at the call now in its registers. The caller puts it into the queue it
 * waits in and remembers in `waitsOn` which that is.
 */
export function block(
  k: Kernel,
  state: number,
  waitsOn: number,
  timeoutUs: number,
): typeof blocked {
  const thread = k.current;
  const base = thread << threadShift;
  assert(k.portalDepth === 0, "an activation does not wait", thread);
  saveRegisters(k);
  setState(k, thread, state);
  k.threads[base + Thread.waitsOn] = waitsOn;
  armTimeout(k, thread, timeoutUs);
  k.current = 0;
  return blocked;
}

/** As `block`, at the end of a queue. */
export function blockIn(
  k: Kernel,
  state: number,
  waitsOn: number,
  queue: { readonly words: Int32Array; readonly at: number; readonly timeoutUs: number },
): typeof blocked {
  append(waitLinks(k), queue.words, queue.at, k.current);
  return block(k, state, waitsOn, queue.timeoutUs);
}

export function armTimeout(k: Kernel, thread: number, timeoutUs: number): void {
  const base = thread << threadShift;
  const isKept = k.threads[base + Thread.timed] === kept;
  if (isKept) setDeadline(k.threadWake, thread, k.threadTimes[(base + Thread.deadline) >> 1]!);
  else if (timeoutUs > 0) setDeadline(k.threadWake, thread, k.nowNs + timeoutUs * 1000);
}

/** The deadline of a stage that is over does not count for the next one. */
export function dropTimeout(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  if (k.threads[base + Thread.timed] === 0) return;
  leaveList(k.threadWake, thread);
  k.threads[base + Thread.timed] = 0;
}

/** What a thread waits for; in a long copy, what the waiting party waits for all the same. */
export function waitStateOf(k: Kernel, thread: number): number {
  const base = thread << threadShift;
  const state = k.threads[base + Thread.state]!;
  return state === ThreadState.transferring ? k.threads[base + Thread.step]! : state;
}

/** Head and tail of the queue that a thread waits in, or undefined if its wait has no queue. */
export function queueOf(k: Kernel, thread: number): { words: Int32Array; at: number } | undefined {
  const ref = k.threads[(thread << threadShift) + Thread.waitsOn]!;
  const row = referenceRow(ref);
  const words = k.tables[referenceKind(ref)]!.words;
  switch (waitStateOf(k, thread)) {
    case ThreadState.sending:
      return { words, at: (row << endpointShift) + Endpoint.senders };
    case ThreadState.receiving:
      return referenceKind(ref) === Kind.endpoint
        ? { words, at: (row << endpointShift) + Endpoint.receivers }
        : { words, at: (row << endpointSetShift) + EndpointSet.receivers };
    case ThreadState.waitingNotification:
      return { words, at: (row << notificationShift) + Notification.waiters };
    case ThreadState.lockingMutex:
      return { words, at: (row << mutexShift) + Mutex.waiters };
    case ThreadState.waitingCondition:
      return { words, at: (row << conditionShift) + Condition.waiters };
    case ThreadState.waitingFutex:
      return { words, at: (row << futexQueueShift) + FutexQueue.waiters };
    default:
      return undefined;
  }
}

/**
 * Takes a thread out of its wait. Its registers hold the call it will make when it runs again; a
 * deadline is kept for that call. A long copy is rolled back: neither party has begun.
 */
export function leaveWait(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  if (k.threads[base + Thread.partner] !== 0) rollBackTransfer(k, thread);
  const queue = queueOf(k, thread);
  if (queue !== undefined) remove(waitLinks(k), queue.words, queue.at, thread);
  if (k.threads[base + Thread.state] === ThreadState.replying) {
    k.replies[(referenceRow(k.threads[base + Thread.waitsOn]!) << replyShift) + Reply.replier] = 0;
  }
  k.threads[base + Thread.waitsOn] = 0;
  // What a condition wait becomes has no deadline: the mutex is locked, however long that takes.
  if (k.threads[base + Thread.state] === ThreadState.waitingCondition) dropTimeout(k, thread);
  if (k.threads[base + Thread.timed] === armed) {
    leaveList(k.threadWake, thread);
    k.threads[base + Thread.timed] = kept;
  }
}

/**
 * Undoes a long copy between two threads: the one that waited waits again where it did, and the one
 * that acted has its call still to make.
 */
export function rollBackTransfer(k: Kernel, thread: number): void {
  const partner = k.threads[(thread << threadShift) + Thread.partner]!;
  for (const party of [thread, partner]) {
    const base = party << threadShift;
    k.threads[base + Thread.partner] = 0;
    k.threads[base + Thread.progress] = 0;
    if (k.threads[base + Thread.state] !== ThreadState.transferring) continue;
    setState(k, party, k.threads[base + Thread.step]!);
    k.threads[base + Thread.step] = 0;
    if (party === partner) lookAgain(k, party);
  }
}

/**
 * A call made again goes on with a copy that had stopped only if it leads to the same partner; what
 * it names may have been changed by another thread. Otherwise neither party has begun.
 */
export function meetOnly(k: Kernel, partner: number): void {
  const bound = k.threads[(k.current << threadShift) + Thread.partner]!;
  if (bound !== 0 && bound !== partner) rollBackTransfer(k, k.current);
}

/** Somebody may have come for the waiting party of a long copy while it was taken. */
function lookAgain(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  const state = k.threads[base + Thread.state];
  if (state === ThreadState.receiving) restart(k, thread);
  if (state !== ThreadState.sending) return;
  wakeReceiver(k, referenceRow(k.threads[base + Thread.waitsOn]!), k.threads[base + Thread.badge]!);
}

/** Takes a thread out of its wait and lets it make its call again. */
export function restart(k: Kernel, thread: number): void {
  leaveWait(k, thread);
  makeReady(k, thread);
}

/** The partner of a copy that has stopped, if it waits to receive at this endpoint or its set, or 0. */
export function boundReceiver(k: Kernel, endpoint: number, badge: number): number {
  const partner = k.threads[(k.current << threadShift) + Thread.partner]!;
  if (partner === 0 || waitStateOf(k, partner) !== ThreadState.receiving) return 0;
  const base = partner << threadShift;
  const onlyFrom = k.threads[base + Thread.onlyFrom]!;
  if (onlyFrom !== 0 && onlyFrom !== badge) return 0;
  const waitsOn = k.threads[base + Thread.waitsOn]!;
  const row = referenceRow(waitsOn);
  if (referenceKind(waitsOn) === Kind.endpoint) return row === endpoint ? partner : 0;
  return row === k.endpoints[(endpoint << endpointShift) + Endpoint.set] ? partner : 0;
}

/** The same of a sender at this endpoint, or at any member of this set. */
export function boundSender(k: Kernel, kind: number, row: number): number {
  const partner = k.threads[(k.current << threadShift) + Thread.partner]!;
  if (partner === 0 || waitStateOf(k, partner) !== ThreadState.sending) return 0;
  const endpoint = referenceRow(k.threads[(partner << threadShift) + Thread.waitsOn]!);
  if (kind === Kind.endpoint) return row === endpoint ? partner : 0;
  return row === k.endpoints[(endpoint << endpointShift) + Endpoint.set] ? partner : 0;
}

/** The first receiver waiting at an endpoint, or at its set, that accepts this badge, or 0. */
export function receiverFor(k: Kernel, endpoint: number, badge: number): number {
  const base = endpoint << endpointShift;
  const own = firstAccepting(k, k.endpoints[base + Endpoint.receivers]!, badge);
  if (own !== 0) return own;
  const set = k.endpoints[base + Endpoint.set]!;
  if (set === 0) return 0;
  const sets = k.tables[Kind.endpointSet]!.words;
  return firstAccepting(k, sets[(set << endpointSetShift) + EndpointSet.receivers]!, badge);
}

/** The parties of a long copy keep their places in their queues, and nobody else takes them. */
function firstAccepting(k: Kernel, first: number, badge: number): number {
  for (let thread = first; thread !== 0; thread = nextOf(waitLinks(k), thread)) {
    const base = thread << threadShift;
    if (k.threads[base + Thread.state] === ThreadState.transferring) continue;
    const onlyFrom = k.threads[base + Thread.onlyFrom]!;
    if (onlyFrom === 0 || onlyFrom === badge) return thread;
  }
  return 0;
}

/**
 * Receivers that would take a message of this badge make their calls again, and the first finds the
 * sender. All of them, since a call made again may be refused: its capability may have gone.
 */
export function wakeReceiver(k: Kernel, endpoint: number, badge: number): void {
  for (let thread = receiverFor(k, endpoint, badge); thread !== 0;) {
    restart(k, thread);
    thread = receiverFor(k, endpoint, badge);
  }
}

/** The passive party of a long copy waits on in its queue until the copy is over or rolled back. */
export function holdForTransfer(k: Kernel, thread: number, partner: number): void {
  const base = thread << threadShift;
  k.threads[base + Thread.step] = k.threads[base + Thread.state]!;
  setState(k, thread, ThreadState.transferring);
  k.threads[base + Thread.partner] = partner;
  k.threads[(partner << threadShift) + Thread.partner] = thread;
  k.threads[(partner << threadShift) + Thread.progress] = 0;
}
