// poll_oneoff: waits for the first of clocks and descriptors. Files are always ready, and asked how much
// there is to read. What is open at one server is asked for with one message, whose answer the kernel
// times out when the earliest clock is due; clocks alone are a sleep. With several servers each is asked
// without waiting, and told to raise a bit of the process's notification when it is worth asking again;
// that is waited for.
// What has to be remembered meanwhile is in poll-progress.ts.
import { forever, InitialSlot, leaveStack, Register, Status, Syscall } from "../abi/index.ts";
import { askAgain, Clock, ClockAsk, Errno } from "../userlib/index.ts";
import { batchesOf, beginAsk, takeRecords } from "./poll-ask.ts";
import { beginWatch, beginWatched, type KnownPoll, knownPollOf, watchEnd } from "./poll-list.ts";
import {
  clockOf,
  noClock,
  setStage,
  Stage,
  stageOf,
  timeoutOfWait,
  writeDueClocks,
} from "./poll-progress.ts";
import { enter, outcome, wordPair } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";
import { handOnBit, joinSharers, leaveSharers, readyBitOf } from "./ready-bit.ts";
import {
  eventBytes,
  EventType,
  isAbsolute,
  microsecondsOf,
  monotonicNs,
  needsTimeOfDay,
  type Poll,
  readinessOf,
  subjectOf,
  subscriptionBytes,
  typeOf,
  writeEvent,
  writeReady,
} from "./subscription.ts";

const subscriptionCountMax = 4096;

export const pollOneoff: WasiFunction = {
  begin(p: WasiProcess, input: number, output: number, count: number, result: number) {
    return over(p, begun(p, input, output, count, result));
  },
  finish(p: WasiProcess, input: number, output: number, count: number, result: number) {
    return over(p, finished(p, [input, output, count, result]));
  },
};

/** Lets go of what is kept for a poll that waits, if this one does not. */
function over(p: WasiProcess, errno: number): number {
  if (errno !== leaveStack) leaveSharers(p);
  return errno;
}

function begun(p: WasiProcess, input: number, output: number, count: number, result: number) {
  if (count === 0 || count >>> 0 > subscriptionCountMax) return Errno.inval;
  const isInside =
    p.memory.holds(input, count * subscriptionBytes) &&
    p.memory.holds(output, count * eventBytes) &&
    p.memory.holds(result, 4);
  if (!isInside) return Errno.fault;
  const poll = [input, output, count, result] as const;
  const known = knownPollOf(p, poll);
  if (known !== undefined) {
    const errno = startListed(p, poll, known);
    if (errno !== undefined) return errno;
  }
  if (!needsTimeOfDay(p, poll)) return start(p, poll, 0);
  setStage(p, Stage.timeOfDay, noClock);
  p.call.begin(p.clock, ClockAsk.now, Clock.realtime);
  const errno = enter(p);
  return errno === 0 ? start(p, poll, wordPair(p, 0)) : errno;
}

function finished(p: WasiProcess, poll: Poll): number {
  const stage = stageOf(p);
  if (stage === Stage.signal) return signalled(p, poll);
  if (stage >= Stage.telling) return told(p, poll, stage - Stage.telling);
  if (stage >= Stage.asking) return asked(p, poll, stage - Stage.asking);
  if (stage !== Stage.timeOfDay) return waited(p, poll);
  const errno = outcome(p);
  return errno === 0 ? start(p, poll, wordPair(p, 0)) : errno;
}

/** Finds what is ready, and when the earliest clock is due; then waits for streams or the clock. */
function start(p: WasiProcess, poll: Poll, realtimeNs: number): number {
  const [input, output, count, result] = poll;
  const nowNs = monotonicNs(p);
  let events = 0;
  let clock = noClock;
  let leastUs = forever;
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    const event = output + events * eventBytes;
    if (typeOf(p, at) !== EventType.clock) {
      if (writeIfReady(p, at, event)) events++;
    } else if (subjectOf(p, at) > Clock.threadCpu) {
      writeEvent(p, at, event, Errno.inval);
      events++;
    } else {
      const us = microsecondsOf(p, at, nowNs, realtimeNs);
      if (clock !== noClock && us >= leastUs) continue;
      clock = i;
      leastUs = us;
    }
  }
  p.memory.setU32(result, events);
  p.askedBytes = clock === noClock ? forever : Math.ceil(nowNs / 1000) + leastUs;
  return ask(p, poll, clock);
}

/** The same for a list that was polled before; undefined if a clock in it is none that this can do. */
function startListed(p: WasiProcess, poll: Poll, known: KnownPoll): number | undefined {
  const [input, , , result] = poll;
  const nowNs = known.clocks.length > 0 ? monotonicNs(p) : 0;
  let clock = noClock;
  let leastUs = forever;
  for (const i of known.clocks) {
    const at = input + i * subscriptionBytes;
    const id = subjectOf(p, at);
    if (id > Clock.threadCpu || (id === Clock.realtime && isAbsolute(p, at))) return undefined;
    const us = microsecondsOf(p, at, nowNs, 0);
    if (clock !== noClock && us >= leastUs) continue;
    clock = i;
    leastUs = us;
  }
  p.memory.setU32(result, 0);
  p.askedBytes = clock === noClock ? forever : Math.ceil(nowNs / 1000) + leastUs;
  return askListed(p, poll, clock, known, known.isTold ? known.rows.length : 0);
}

/** Tells the server what it does not know of the list yet, and asks it. */
function askListed(
  p: WasiProcess,
  poll: Poll,
  clock: number,
  known: KnownPoll,
  from: number,
): number {
  for (let at = from; at < known.rows.length;) {
    setStage(p, Stage.telling + at, clock);
    at = beginWatch(p, known, at);
    const errno = enter(p);
    if (errno === leaveStack) return leaveStack;
    if (errno !== Errno.success) return ask(p, poll, clock);
  }
  known.isTold = true;
  setStage(p, Stage.one, clock);
  const timeoutUs = timeoutOfWait(p, poll);
  beginWatched(p);
  p.call.caller.registers[Register.receiveTimeout] = timeoutUs;
  return p.call.enter() === leaveStack ? leaveStack : waited(p, poll);
}

/** A part of the list was told, from a subscription on. */
function told(p: WasiProcess, poll: Poll, from: number): number {
  const errno = outcome(p);
  const known = p.knownPoll;
  const isDone = errno === Errno.success && known !== undefined && known.isSame(p, poll);
  if (!isDone) return ask(p, poll, clockOf(p));
  return askListed(p, poll, clockOf(p), known, watchEnd(known, from));
}

/** The event of a descriptor that need not be asked for. */
function writeIfReady(p: WasiProcess, subscription: number, event: number): boolean {
  const errno = readinessOf(p, subscription);
  if (errno === undefined) return false;
  if (errno === Errno.success) writeReady(p, subscription, event, 1, false);
  else writeEvent(p, subscription, event, errno);
  return true;
}

/** Asks for what is not known yet, and waits if nothing is ready. */
function ask(p: WasiProcess, poll: Poll, clock: number): number {
  const batches = batchesOf(p, poll);
  if (batches.length > 1) return askAll(p, poll, clock, 0);
  const timeoutUs = timeoutOfWait(p, poll);
  const { caller } = p.call;
  if (batches.length === 1) {
    setStage(p, Stage.one, clock);
    beginAsk(p, poll, batches[0]!, 0);
  } else {
    setStage(p, Stage.sleeping, clock);
    if (timeoutUs === 0) return concludeClocks(p, poll);
    caller.registers[Register.call] = Syscall.threadSleep;
  }
  caller.registers[Register.receiveTimeout] = timeoutUs;
  const next = batches.length === 1 ? p.call.enter() : caller.enter();
  return next === leaveStack ? leaveStack : waited(p, poll);
}

/** A sleep ends with `timeout`, as does a message that nobody answered in time. */
function waited(p: WasiProcess, poll: Poll): number {
  const { status } = p.call;
  if (status === Status.ok && p.call.label === Errno.success) {
    takeRecords(p, poll);
    return Errno.success;
  }
  if (p.memory.u32(poll[3]) > 0) return Errno.success;
  // The server knows no list of this thread.
  if (status === Status.ok && p.call.label === Errno.srch) p.knownPoll = undefined;
  const isAskedAgain = p.call.label === askAgain || p.call.label === Errno.srch;
  if (status === Status.ok && isAskedAgain) return ask(p, poll, clockOf(p));
  return status === Status.timeout ? concludeClocks(p, poll) : outcome(p);
}

/** Asks every batch from this one on, none of which waits, and then waits for a signal. */
function askAll(p: WasiProcess, poll: Poll, clock: number, from: number): number {
  const batches = batchesOf(p, poll);
  joinSharers(p);
  for (let i = from; i < batches.length; i++) {
    setStage(p, Stage.asking + i, clock);
    beginAsk(p, poll, batches[i]!, readyBitOf(p));
    const errno = enter(p);
    if (errno === leaveStack) return leaveStack;
    if (errno !== Errno.success) return errno;
    takeRecords(p, poll);
  }
  return waitForSignal(p, poll, clock);
}

function asked(p: WasiProcess, poll: Poll, batch: number): number {
  const errno = outcome(p);
  if (errno !== Errno.success) return errno;
  takeRecords(p, poll);
  return askAll(p, poll, clockOf(p), batch + 1);
}

function waitForSignal(p: WasiProcess, poll: Poll, clock: number): number {
  if (p.memory.u32(poll[3]) > 0) return Errno.success;
  const timeoutUs = timeoutOfWait(p, poll);
  if (timeoutUs === 0) return concludeClocks(p, poll);
  setStage(p, Stage.signal, clock);
  const { registers } = p.call.caller;
  registers[Register.call] = Syscall.notificationWait;
  registers[Register.a0] = InitialSlot.ready;
  registers[Register.a1] = readyBitOf(p);
  registers[Register.receiveTimeout] = timeoutUs;
  return p.call.caller.enter() === leaveStack ? leaveStack : signalled(p, poll);
}

/** Some server has something to say, or the time is over. */
function signalled(p: WasiProcess, poll: Poll): number {
  const { status } = p.call;
  if (status === Status.ok) {
    handOnBit(p);
    return askAll(p, poll, clockOf(p), 0);
  }
  return status === Status.timeout ? concludeClocks(p, poll) : outcome(p);
}

/** Nothing but time has passed: the earliest clock is due, or the next part of a long wait begins. */
function concludeClocks(p: WasiProcess, poll: Poll): number {
  if (p.memory.u32(poll[3]) > 0) return Errno.success;
  if (timeoutOfWait(p, poll) > 0) return ask(p, poll, clockOf(p));
  writeDueClocks(p, poll);
  return Errno.success;
}
