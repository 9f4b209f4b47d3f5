// poll_oneoff: waits for the first of clocks and descriptors. Files are always ready. Streams are asked
// for with one message to their server, whose answer the kernel times out when the earliest clock is
// due; clocks alone are a sleep. Whatever is ready at once makes the rest a question without waiting.
//
// Stages, in `doneBytes`: the clock server was asked for the time of day (stage `askingTime`), or the
// thread waits for subscription `doneBytes` to be due (`nothingDue` if there is no clock), with
// `askedBytes` microseconds to go (`forever` if nothing is due).
import { forever, leaveStack, Register, Status, Syscall, timeoutUsMax } from "../abi/index.ts";
import {
  Ask,
  Clock,
  ClockAsk,
  Errno,
  Filetype,
  Interest,
  readyRecordBytes,
  scratchBytes,
} from "../userlib/index.ts";
import { enterClockRead } from "./clock.ts";
import type { Descriptor } from "./descriptor-table.ts";
import { enter, outcome, wordPair } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

const subscriptionBytes = 48;
const eventBytes = 32;
const subscriptionCountMax = 4096;
const recordCountMax = Math.floor(scratchBytes / readyRecordBytes);
const absoluteTime = 1;
const hangupFlag = 1;

const askingTime = -2;
const nothingDue = -1;

const EventType = { clock: 0, fdRead: 1, fdWrite: 2 } as const;

/** The four arguments. */
type Poll = readonly [input: number, output: number, count: number, result: number];

export const pollOneoff: WasiFunction = {
  begin(p: WasiProcess, input: number, output: number, count: number, result: number) {
    if (count === 0 || count >>> 0 > subscriptionCountMax) return Errno.inval;
    const isInside =
      p.memory.holds(input, count * subscriptionBytes) &&
      p.memory.holds(output, count * eventBytes) &&
      p.memory.holds(result, 4);
    if (!isInside) return Errno.fault;
    const poll = [input, output, count, result] as const;
    if (!needsTimeOfDay(p, poll)) return start(p, poll, 0);
    p.doneBytes = askingTime;
    p.call.begin(p.clock, ClockAsk.now, Clock.realtime);
    const errno = enter(p);
    return errno === 0 ? start(p, poll, wordPair(p, 0)) : errno;
  },
  finish(p: WasiProcess, input: number, output: number, count: number, result: number) {
    const poll = [input, output, count, result] as const;
    if (p.doneBytes !== askingTime) return conclude(p, poll);
    const errno = outcome(p);
    return errno === 0 ? start(p, poll, wordPair(p, 0)) : errno;
  },
};

function typeOf(p: WasiProcess, subscription: number): number {
  return p.memory.u8(subscription + 8);
}

function isAbsolute(p: WasiProcess, subscription: number): boolean {
  return (p.memory.u16(subscription + 40) & absoluteTime) !== 0;
}

function clockOf(p: WasiProcess, subscription: number): number {
  return p.memory.u32(subscription + 16);
}

function needsTimeOfDay(p: WasiProcess, [input, , count]: Poll): boolean {
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    const isClock = typeOf(p, at) === EventType.clock;
    if (isClock && clockOf(p, at) === Clock.realtime && isAbsolute(p, at)) return true;
  }
  return false;
}

/** Microseconds until a clock subscription is due, rounded up: never early. */
function microsecondsOf(p: WasiProcess, subscription: number, realtimeNs: number): number {
  const timeoutNs = Number(p.memory.u64(subscription + 24));
  if (!isAbsolute(p, subscription)) return Math.ceil(timeoutNs / 1000);
  if (clockOf(p, subscription) === Clock.realtime) {
    return Math.max(0, Math.ceil((timeoutNs - realtimeNs) / 1000));
  }
  enterClockRead(p);
  return Math.max(0, Math.ceil((timeoutNs - wordPair(p, 0)) / 1000));
}

/** Finds what is ready, and when the earliest clock is due; then waits for streams or the clock. */
function start(p: WasiProcess, poll: Poll, realtimeNs: number): number {
  const [input, output, count, result] = poll;
  let events = 0;
  p.doneBytes = nothingDue;
  p.askedBytes = forever;
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    if (typeOf(p, at) !== EventType.clock) {
      const errno = readiness(p, at);
      if (errno !== undefined) writeEvent(p, at, output + events++ * eventBytes, errno);
      continue;
    }
    if (clockOf(p, at) > Clock.threadCpu) {
      writeEvent(p, at, output + events++ * eventBytes, Errno.inval);
      continue;
    }
    const us = microsecondsOf(p, at, realtimeNs);
    if (p.doneBytes !== nothingDue && us >= p.askedBytes) continue;
    p.doneBytes = i;
    p.askedBytes = us;
  }
  p.memory.setU32(result, events);
  if (events > 0) p.askedBytes = 0;
  return wait(p, poll);
}

/** The errno of a descriptor that needs no waiting; undefined for a stream that has to be asked. */
function readiness(p: WasiProcess, subscription: number): number | undefined {
  const row = p.table.get(clockOf(p, subscription));
  if (row === undefined) return Errno.badf;
  if (typeOf(p, subscription) > EventType.fdWrite) return Errno.inval;
  return isStream(row) ? undefined : Errno.success;
}

function isStream(row: Descriptor): boolean {
  return row.filetype !== Filetype.regularFile && row.filetype !== Filetype.directory;
}

function wait(p: WasiProcess, poll: Poll): number {
  const timeoutUs = Math.min(p.askedBytes, timeoutUsMax);
  const { caller } = p.call;
  const isAsking = addRecords(p, poll);
  if (!isAsking) {
    if (timeoutUs === 0) return concludeAtOnce(p, poll);
    caller.registers[Register.call] = Syscall.threadSleep;
  }
  caller.registers[Register.receiveTimeout] = timeoutUs;
  const next = isAsking ? p.call.enter() : caller.enter();
  return next === leaveStack ? leaveStack : conclude(p, poll);
}

/** Puts the streams of the first stream's server into a message. False if there are none. */
function addRecords(p: WasiProcess, [input, , count]: Poll): boolean {
  let server = -1;
  let records = 0;
  let view: DataView | undefined;
  for (let i = 0; i < count && records < recordCountMax; i++) {
    const at = input + i * subscriptionBytes;
    if (typeOf(p, at) === EventType.clock || readiness(p, at) !== undefined) continue;
    const row = p.table.get(clockOf(p, at))!;
    if (server < 0) server = row.server;
    if (row.server !== server) continue;
    view ??= scratchView(p);
    const interest = typeOf(p, at) === EventType.fdRead ? Interest.read : Interest.write;
    view.setInt32(records * readyRecordBytes, row.handle, true);
    view.setInt32(records * readyRecordBytes + 4, interest, true);
    view.setInt32(records * readyRecordBytes + 8, i, true);
    records++;
  }
  if (records === 0) return false;
  const bytes = records * readyRecordBytes;
  // The place of the scratch tells the server which thread asks.
  p.call.begin(server, Ask.ready, p.call.scratchAddress).send(p.call.scratchAddress, bytes);
  p.call.receive(p.call.scratchAddress, bytes);
  return true;
}

function scratchView(p: WasiProcess): DataView {
  const scratch = p.call.scratch();
  return new DataView(scratch.buffer, scratch.byteOffset, scratch.byteLength);
}

/** The wait is over: writes the events of streams that are ready, or of the clocks that are due. */
function conclude(p: WasiProcess, poll: Poll): number {
  const { status } = p.call;
  const events = p.memory.u32(poll[3]);
  // A sleep ends with `timeout`, as does a message that nobody answered in time.
  if (status === Status.ok && p.call.label === Errno.success) return takeRecords(p, poll, events);
  if (events > 0) return Errno.success;
  return status === Status.timeout ? concludeClocks(p, poll) : outcome(p);
}

/** Nothing has to wait. */
function concludeAtOnce(p: WasiProcess, poll: Poll): number {
  return p.memory.u32(poll[3]) > 0 ? Errno.success : concludeClocks(p, poll);
}

function takeRecords(p: WasiProcess, [input, output, , result]: Poll, events: number): number {
  const view = scratchView(p);
  const records = p.call.word(0);
  let next = events;
  for (let i = 0; i < records; i++) {
    const ready = view.getInt32(i * readyRecordBytes, true);
    const subscription = input + view.getInt32(i * readyRecordBytes + 8, true) * subscriptionBytes;
    const event = output + next++ * eventBytes;
    writeEvent(p, subscription, event, Errno.success);
    p.memory.setU64(event + 16, view.getInt32(i * readyRecordBytes + 4, true));
    p.memory.setU16(event + 24, (ready & Interest.hangup) === 0 ? 0 : hangupFlag);
  }
  p.memory.setU32(result, next);
  return Errno.success;
}

/** Nothing but time has passed: the earliest clock is due, or the next part of a long wait begins. */
function concludeClocks(p: WasiProcess, poll: Poll): number {
  const [input, output, count, result] = poll;
  if (p.askedBytes > timeoutUsMax) {
    p.askedBytes -= timeoutUsMax;
    return wait(p, poll);
  }
  const earliest = input + p.doneBytes * subscriptionBytes;
  let events = 0;
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    if (typeOf(p, at) !== EventType.clock) continue;
    if (i !== p.doneBytes && !isDueWith(p, earliest, at)) continue;
    writeEvent(p, at, output + events++ * eventBytes, Errno.success);
  }
  p.memory.setU32(result, events);
  return Errno.success;
}

/** Whether a clock is due because another is: both are intervals, and this one is no longer. */
function isDueWith(p: WasiProcess, earliest: number, subscription: number): boolean {
  if (isAbsolute(p, earliest) || isAbsolute(p, subscription)) return false;
  return p.memory.u64(subscription + 24) <= p.memory.u64(earliest + 24);
}

function writeEvent(p: WasiProcess, subscription: number, event: number, errno: number): void {
  const low = p.memory.u32(subscription);
  const high = p.memory.u32(subscription + 4);
  const type = typeOf(p, subscription);
  const isFile = type !== EventType.clock && errno === Errno.success;
  p.memory.fill(event, eventBytes);
  p.memory.setWords(event, low, high);
  p.memory.setU16(event + 8, errno);
  p.memory.setU8(event + 10, type);
  if (isFile) p.memory.setU64(event + 16, 1);
}
