// The events of a core: the only ways into its kernel. Each runs to completion and answers what comes
// next. A core's loop and its process adapters call these, through the `Door` that boot makes of them.
import {
  faultLabel,
  Kind,
  Next,
  Register,
  registerCount,
  Status,
  Syscall,
  ThreadState,
  FaultReason,
} from "../abi/index.ts";
import { append, assert, isLive } from "../base/index.ts";
import {
  Endpoint,
  endpointShift,
  reference,
  Space,
  spaceShift,
  Thread,
  ThreadFlag,
  threadShift,
} from "./layout.ts";
import { type Kernel, setTime } from "./kernel.ts";
import { materialize } from "./ipc/lazy-portals.ts";
import { slow } from "./ipc/slow.ts";
import * as portal from "./ipc/portal.ts";
import { fire } from "./object/timer.ts";
import { raise } from "./object/notification.ts";
import { isSame } from "./object/object.ts";
import { stackLeft as leaveStackOf } from "./object/thread-stack.ts";
import {
  makeCurrent,
  makeReady,
  mayRunAt,
  saveRegisters,
  setState,
  startSlice,
  takeReady,
} from "./schedule.ts";
import { endCurrent } from "./syscall/thread-calls.ts";
import { handlers } from "./syscall/handlers.ts";
import { blocked, finish, waitLinks, wakeReceiver } from "./waiting.ts";
import { nextDeadline, takeExpired } from "./wake-lists.ts";
import { wakeWith } from "./wake.ts";

/** The running thread makes the call in the register file. */
export function enter(k: Kernel): Next {
  const next = k.fast.enter();
  return next === slow ? enterSlow(k) : (next as Next);
}

/** The same on the slow path. It may look at the time, so whoever keeps the time tells it before. */
export function enterSlow(k: Kernel): Next {
  if (k.lazyCount > 0) materialize(k);
  const next = runCall(k);
  return next === Next.resume && !k.switchWanted ? Next.resume : settle(k, next);
}

function runCall(k: Kernel): number {
  const base = k.current << threadShift;
  assert(k.current !== 0, "only a running thread makes a call");
  if ((k.threads[base + Thread.flags]! & ThreadFlag.doomed) !== 0)
    return finish(k, Status.wrongState);
  const handler = handlers[k.registers[Register.call]!];
  if (handler === undefined) return finish(k, Status.badCall);
  return handler(k);
}

/** Turns what a handler answered into what the core does next. */
function settle(k: Kernel, next: number): Next {
  if (next === blocked) return reschedule(k);
  if (next === Next.resume && k.switchWanted) return giveWay(k) ? reschedule(k) : Next.resume;
  return next as Next;
}

/** Puts the running thread back into its queue if another is to run. Answers whether it did. */
function giveWay(k: Kernel): boolean {
  if (k.portalDepth > 0) return false;
  k.switchWanted = false;
  const thread = k.current;
  if (mayRunAt(k, k.threads[(thread << threadShift) + Thread.priority]!)) return false;
  saveRegisters(k);
  k.current = 0;
  makeReady(k, thread, true);
  return true;
}

/** Picks threads, and makes the calls they have still to make, until one can run its own code. */
function reschedule(k: Kernel): Next {
  for (;;) {
    assert(k.current === 0, "nobody runs while the scheduler picks", k.current);
    const thread = takeReady(k);
    k.switchWanted = false;
    if (thread === 0) return Next.switched;
    makeCurrent(k, thread);
    startSlice(k);
    if (k.registers[Register.call] === 0) return Next.switched;
    const next = runCall(k);
    if (next === Next.resume) {
      k.threads[(thread << threadShift) + Thread.timed] = 0;
      // The call may have woken a thread of higher priority.
      if (k.switchWanted && giveWay(k)) continue;
      return Next.switched;
    }
    if (next !== blocked) return next as Next;
  }
}

/**
 * Decides who runs: nobody does, or the running thread stopped between two steps of a call, or may
 * be left because its slice is over.
 */
export function schedule(k: Kernel): Next {
  if (k.lazyCount > 0) materialize(k);
  if (k.current === 0) return reschedule(k);
  if (k.portalDepth > 0) return Next.resume;
  if (k.switchWanted && giveWay(k)) return reschedule(k);
  if (k.registers[Register.call] === 0) return Next.resume;
  const next = runCall(k);
  if (next === Next.resume) {
    k.threads[(k.current << threadShift) + Thread.timed] = 0;
    return k.switchWanted && giveWay(k) ? reschedule(k) : Next.switched;
  }
  return next === blocked ? reschedule(k) : (next as Next);
}

/** The running thread used up its fuel: another of its priority may have its turn. */
export function preempted(k: Kernel): Next {
  if (k.lazyCount > 0) materialize(k);
  if (k.portalDepth > 0) return Next.resume;
  const thread = k.current;
  const isOver = k.nowNs >= k.sliceEndNs;
  if (!isOver && !k.switchWanted) return Next.resume;
  k.registers[Register.call] = 0;
  saveRegisters(k);
  k.current = 0;
  k.switchWanted = false;
  makeReady(k, thread, !isOver);
  return reschedule(k);
}

/** Time has come to `nowNs`: waits and timers whose deadline has passed end. */
export function tick(k: Kernel, nowNs: number): void {
  if (k.lazyCount > 0) materialize(k);
  setTime(k, nowNs);
  for (
    let row = takeExpired(k.threadWake, nowNs);
    row !== 0;
    row = takeExpired(k.threadWake, nowNs)
  ) {
    wakeWith(k, row, Status.timeout);
  }
  for (
    let row = takeExpired(k.timerWake, nowNs);
    row !== 0;
    row = takeExpired(k.timerWake, nowNs)
  ) {
    fire(k, row);
  }
}

/** When the next `tick` is due, nanoseconds; Infinity if nothing waits for time. */
export function nextTickNs(k: Kernel): number {
  return Math.min(nextDeadline(k.threadWake), nextDeadline(k.timerWake));
}

/**
 * A device has something to say: bits for the notification that its driver gave. Whoever remembers the
 * row for long remembers its generation too, so that nobody else's notification gets the bits.
 */
export function interrupt(k: Kernel, notification: number, bits: number, generation = 0): void {
  if (k.lazyCount > 0) materialize(k);
  if (!isLive(k.tables[Kind.notification]!, notification)) return;
  const isMeant = generation === 0 || isSame(k, Kind.notification, notification, generation);
  if (isMeant) raise(k, notification, bits);
}

/** The frames of a stopped thread are out, or cannot be taken out: a `StackState` that is said for good. */
export function stackLeft(k: Kernel, thread: number, state: number): void {
  if (k.lazyCount > 0) materialize(k);
  leaveStackOf(k, thread, state);
}

export function portalReturned(k: Kernel): Next {
  const next = k.fast.portalReturned();
  return next === slow ? portalReturnedSlow(k) : (next as Next);
}

function portalReturnedSlow(k: Kernel): Next {
  if (k.lazyCount > 0) materialize(k);
  const next = portal.portalReturned(k);
  return next === Next.resume && !k.switchWanted ? Next.resume : settle(k, next);
}

export function portalFaulted(k: Kernel, reason: number): Next {
  if (k.lazyCount > 0) materialize(k);
  const status = reason === FaultReason.fuel ? Status.portalFuel : Status.portalFault;
  return settle(k, portal.portalFaulted(k, status, reason));
}

export function portalDetached(k: Kernel): Next {
  if (k.lazyCount > 0) materialize(k);
  return settle(k, portal.portalDetached(k));
}

/** The running thread's code returned. */
export function exited(k: Kernel, code: number): Next {
  if (k.lazyCount > 0) materialize(k);
  endCurrent(k, code);
  return reschedule(k);
}

/**
 * The running thread's code trapped. If its space has somebody to tell, it waits until that one has
 * heard of it, with its exit as the call still to make; otherwise it ends now.
 */
export function faulted(k: Kernel, reason: number): Next {
  if (k.lazyCount > 0) materialize(k);
  const thread = k.current;
  const base = thread << threadShift;
  const space = k.threads[base + Thread.space]!;
  k.notices.push({ notice: "fault", thread, space, reason });
  const exitCode = 128 + reason;
  const endpoint = k.spaces[(space << spaceShift) + Space.faultEndpoint]!;
  const generation = k.spaces[(space << spaceShift) + Space.faultGeneration]!;
  if (!isSame(k, Kind.endpoint, endpoint, generation)) return exited(k, exitCode);
  // The array may be longer: an adapter shares it.
  k.registers.fill(0, 0, registerCount);
  k.registers[Register.call] = Syscall.threadExit;
  k.registers[Register.a0] = exitCode;
  k.registers[Register.label] = faultLabel;
  k.registers[Register.w0] = reason;
  k.registers[Register.w1] = thread;
  saveRegisters(k);
  k.current = 0;
  tellSupervisor(k, thread, endpoint);
  return reschedule(k);
}

function tellSupervisor(k: Kernel, thread: number, endpoint: number): void {
  const base = thread << threadShift;
  const space = k.threads[base + Thread.space]!;
  k.threads[base + Thread.badge] = k.spaces[(space << spaceShift) + Space.faultBadge]!;
  k.threads[base + Thread.isCaller] = 0;
  k.threads[base + Thread.isRedirected] = 0;
  k.threads[base + Thread.waitsOn] = reference(Kind.endpoint, endpoint);
  setState(k, thread, ThreadState.sending);
  append(waitLinks(k), k.endpoints, (endpoint << endpointShift) + Endpoint.senders, thread);
  wakeReceiver(k, endpoint, k.threads[base + Thread.badge]!);
}
