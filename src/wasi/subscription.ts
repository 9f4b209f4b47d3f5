// What a program hands to poll_oneoff and gets back, as it lies in its memory: subscriptions of 48 bytes
// and events of 32.
import { Clock, Errno, Filetype } from "../userlib/index.ts";
import { enterClockRead } from "./clock.ts";
import type { Descriptor } from "./descriptor-table.ts";
import { wordPair } from "./process.ts";
import type { WasiProcess } from "./process.ts";

export const subscriptionBytes = 48;
export const eventBytes = 32;

export const EventType = { clock: 0, fdRead: 1, fdWrite: 2 } as const;

/** The four arguments of poll_oneoff. */
export type Poll = readonly [input: number, output: number, count: number, result: number];

const absoluteTime = 1;
const hangupFlag = 1;

export function typeOf(p: WasiProcess, subscription: number): number {
  return p.memory.u8(subscription + 8);
}

/** The clock, or the descriptor. */
export function subjectOf(p: WasiProcess, subscription: number): number {
  return p.memory.u32(subscription + 16);
}

export function isAbsolute(p: WasiProcess, subscription: number): boolean {
  return (p.memory.u16(subscription + 40) & absoluteTime) !== 0;
}

export function timeoutOf(p: WasiProcess, subscription: number): bigint {
  return p.memory.u64(subscription + 24);
}

/** Whether any clock is due at a time of day, which only the clock server can tell. */
export function needsTimeOfDay(p: WasiProcess, [input, , count]: Poll): boolean {
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    const isClock = typeOf(p, at) === EventType.clock;
    if (isClock && subjectOf(p, at) === Clock.realtime && isAbsolute(p, at)) return true;
  }
  return false;
}

/** Nanoseconds since the core started. */
export function monotonicNs(p: WasiProcess): number {
  enterClockRead(p);
  return wordPair(p, 0);
}

/** Microseconds from now until a clock is due, rounded up: never early. */
export function microsecondsOf(
  p: WasiProcess,
  subscription: number,
  nowNs: number,
  realtimeNs: number,
): number {
  const timeoutNs = Number(timeoutOf(p, subscription));
  if (!isAbsolute(p, subscription)) return Math.ceil(timeoutNs / 1000);
  const isRealtime = subjectOf(p, subscription) === Clock.realtime;
  return Math.max(0, Math.ceil((timeoutNs - (isRealtime ? realtimeNs : nowNs)) / 1000));
}

/** The errno of a descriptor that needs no asking; undefined for one whose server has to be asked. */
export function readinessOf(p: WasiProcess, subscription: number): number | undefined {
  const row = p.table.get(subjectOf(p, subscription));
  if (row === undefined) return Errno.badf;
  const type = typeOf(p, subscription);
  if (type > EventType.fdWrite) return Errno.inval;
  return isReady(row, type) ? Errno.success : undefined;
}

/** Directories always are, and files for writing; of a file that is read its server knows the size. */
function isReady(row: Descriptor, type: number): boolean {
  if (row.filetype === Filetype.directory) return true;
  return row.filetype === Filetype.regularFile && type === EventType.fdWrite;
}

/** An event without anything of a descriptor's. */
export function writeEvent(
  p: WasiProcess,
  subscription: number,
  event: number,
  errno: number,
): void {
  const low = p.memory.u32(subscription);
  const high = p.memory.u32(subscription + 4);
  const type = typeOf(p, subscription);
  p.memory.fill(event, eventBytes);
  p.memory.setWords(event, low, high);
  p.memory.setU16(event + 8, errno);
  p.memory.setU8(event + 10, type);
}

/** The event of a descriptor that is ready: bytes that can be moved, and whether the other end is gone. */
export function writeReady(
  p: WasiProcess,
  subscription: number,
  event: number,
  bytes: number,
  isHangup: boolean,
): void {
  writeEvent(p, subscription, event, Errno.success);
  p.memory.setU64(event + 16, bytes);
  p.memory.setU16(event + 24, isHangup ? hangupFlag : 0);
}
