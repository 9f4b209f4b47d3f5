// How far a poll has come while its thread waits, and when it is due. That is in two numbers of the process:
// `doneBytes` is a stage and the number of the earliest clock, and `askedBytes` when that is due, in
// microseconds since the core started.
import { forever, timeoutUsMax } from "../abi/index.ts";
import { Errno } from "../userlib/index.ts";
import type { WasiProcess } from "./process.ts";
import {
  eventBytes,
  EventType,
  isAbsolute,
  monotonicNs,
  type Poll,
  subscriptionBytes,
  timeoutOf,
  typeOf,
  writeEvent,
} from "./subscription.ts";

/**
 * Stages: the last are `asking` the first batch of several, the second, and so on; and `telling` a list
 * from its first subscription on, or from another.
 */
export const Stage = {
  timeOfDay: 0,
  sleeping: 1,
  one: 2,
  signal: 3,
  asking: 4,
  telling: 8192,
} as const;
export const noClock = -1;
const stageUnit = 8192;

export function setStage(p: WasiProcess, stage: number, clock: number): void {
  p.doneBytes = stage * stageUnit + clock + 1;
}

export function stageOf(p: WasiProcess): number {
  return Math.floor(p.doneBytes / stageUnit);
}

/** The number of the earliest clock's subscription, or `noClock`. */
export function clockOf(p: WasiProcess): number {
  return (p.doneBytes % stageUnit) - 1;
}

/** Microseconds that the thread may wait now: none if anything is ready, and no more than a call can. */
export function timeoutOfWait(p: WasiProcess, [, , , result]: Poll): number {
  if (p.memory.u32(result) > 0) return 0;
  if (p.askedBytes === forever) return forever;
  const leftUs = p.askedBytes - Math.floor(monotonicNs(p) / 1000);
  return Math.min(Math.max(0, leftUs), timeoutUsMax);
}

/** The events of the earliest clock, which is due, and of those that are due with it. */
export function writeDueClocks(p: WasiProcess, [input, output, count, result]: Poll): void {
  const earliest = clockOf(p);
  let events = 0;
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    if (typeOf(p, at) !== EventType.clock) continue;
    if (i !== earliest && !isDueWith(p, input + earliest * subscriptionBytes, at)) continue;
    writeEvent(p, at, output + events++ * eventBytes, Errno.success);
  }
  p.memory.setU32(result, events);
}

/** Whether a clock is due because another is: both are intervals, and this one is no longer. */
function isDueWith(p: WasiProcess, earliest: number, subscription: number): boolean {
  if (isAbsolute(p, earliest) || isAbsolute(p, subscription)) return false;
  return timeoutOf(p, subscription) <= timeoutOf(p, earliest);
}
