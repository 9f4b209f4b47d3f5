// Timers: at a deadline, once or again and again, bits are signalled to a notification.
import { Kind, Right, Status } from "../../abi/index.ts";
import { Timer, timerShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { clearDeadline, deadlineOf, isTimed, leaveList, setDeadline } from "../wake-lists.ts";
import { bitsFor, raise } from "./notification.ts";
import { freeObject, generationOf, isSame, type ObjectClass } from "./object.ts";
import { nsOf, putNs, putReference, putWord, wordOf } from "./state.ts";
import { createPlain } from "./wait-object.ts";

export const timerClass: ObjectClass = {
  create: createPlain(Kind.timer),
  destroyStep(k, row) {
    disarm(k, row);
    leaveList(k.timerWake, row);
    freeObject(k, Kind.timer, row);
    return true;
  },
  getState(k, row, state) {
    const base = row << timerShift;
    const isArmed = isTimed(k.timerWake, row);
    putWord(state, "armed", isArmed ? 1 : 0);
    if (isArmed) putNs(state, "remaining", Math.max(0, deadlineOf(k.timerWake, row) - k.nowNs));
    putWord(state, "periodUs", words(k)[base + Timer.periodUs]!);
    putWord(state, "bits", words(k)[base + Timer.bits]!);
    const target = words(k)[base + Timer.notification]!;
    if (!isSame(k, Kind.notification, target, words(k)[base + Timer.notificationGeneration]!))
      return;
    putReference(state, "notification", {
      kind: Kind.notification,
      row: target,
      rights: Right.send | Right.derive,
      // Whoever reads it can signal what the timer does, and no more.
      badge: words(k)[base + Timer.bits]!,
    });
  },
  setState(k, row, state) {
    const isArmed = wordOf(state, "armed") === 1;
    const target = state.references.get("notification");
    const remainingNs = nsOf(state, "remaining");
    const periodUs = wordOf(state, "periodUs");
    if (remainingNs < 0 || periodUs < 0) return Status.badArgument;
    if (isArmed && target === undefined) return Status.badArgument;
    const bits = target === undefined ? 0 : bitsFor(k, target.badge, wordOf(state, "bits"));
    if (isArmed && bits === 0) return k.refusal;
    disarm(k, row);
    if (target === undefined || !isArmed) return Status.ok;
    arm(k, row, { notification: target.row, bits, deadlineNs: k.nowNs + remainingNs, periodUs });
    return Status.ok;
  },
};

function words(k: Kernel): Int32Array {
  return k.tables[Kind.timer]!.words;
}

export interface TimerSetting {
  readonly notification: number;
  readonly bits: number;
  readonly deadlineNs: number;
  readonly periodUs: number;
}

export function arm(k: Kernel, row: number, setting: TimerSetting): void {
  const base = row << timerShift;
  words(k)[base + Timer.periodUs] = setting.periodUs;
  words(k)[base + Timer.bits] = setting.bits;
  words(k)[base + Timer.notification] = setting.notification;
  words(k)[base + Timer.notificationGeneration] = generationOf(
    k,
    Kind.notification,
    setting.notification,
  );
  setDeadline(k.timerWake, row, setting.deadlineNs);
}

/** Answers whether it was armed. */
export function disarm(k: Kernel, row: number): boolean {
  const wasArmed = isTimed(k.timerWake, row);
  if (wasArmed) clearDeadline(k.timerWake, row, k.lazyQueues);
  return wasArmed;
}

/** A timer whose deadline has passed signals; a periodic one is armed for its next whole period. */
export function fire(k: Kernel, row: number): void {
  const base = row << timerShift;
  const target = words(k)[base + Timer.notification]!;
  if (!isSame(k, Kind.notification, target, words(k)[base + Timer.notificationGeneration]!)) return;
  const periodNs = words(k)[base + Timer.periodUs]! * 1000;
  if (periodNs > 0) {
    const deadlineNs = deadlineOf(k.timerWake, row);
    const missed = Math.floor((k.nowNs - deadlineNs) / periodNs);
    setDeadline(k.timerWake, row, deadlineNs + (missed + 1) * periodNs);
  }
  raise(k, target, words(k)[base + Timer.bits]!);
}
