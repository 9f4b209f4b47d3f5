// Planted defects in notifications, mutexes, conditions, futexes and timers.
import { Kind, Register, Status, Syscall } from "../../src/abi/index.ts";
import { append, prepend, remove } from "../../src/base/index.ts";
import {
  Condition,
  conditionShift,
  FutexQueue,
  futexQueueShift,
  Mutex,
  mutexShift,
  Notification,
  notificationShift,
  Thread,
  Timer,
  timerShift,
} from "../../src/kernel/layout.ts";
import { finish, waitLinks } from "../../src/kernel/waiting.ts";
import { type Defect, inCall, named, word } from "./plant.ts";

export const syncDefects: readonly Defect[] = [
  inCall("notificationSignal", "bits are set and nobody is woken", (k, right) => {
    const row = named(k, Kind.notification);
    if (row === 0 || k.registers[Register.a1] === 0) return right(k);
    const at = (row << notificationShift) + Notification.bits;
    k.tables[Kind.notification].words[at] |= k.registers[Register.a1];
    return finish(k, Status.ok);
  }),
  inCall("mutexUnlock", "a mutex that is unlocked is handed to nobody", (k, right) => {
    const words = k.tables[Kind.mutex].words;
    const at = (named(k, Kind.mutex) << mutexShift) + Mutex.waiters;
    const [head, tail] = [words[at], words[at + 1]];
    words[at] = words[at + 1] = 0;
    const next = right(k);
    words[at] = head;
    words[at + 1] = tail;
    return next;
  }),
  inCall("mutexTryLock", "a lock that is held is given away again", (k, right) => {
    const row = named(k, Kind.mutex);
    const owner = row === 0 ? 0 : k.tables[Kind.mutex].words[(row << mutexShift) + Mutex.owner];
    return owner === 0 ? right(k) : finish(k, Status.ok);
  }),
  inCall(
    "conditionSignal",
    "a thread that is signalled is not taken from the queue",
    (k, right) => {
      const words = k.tables[Kind.condition].words;
      const row = named(k, Kind.condition);
      const first = words[(row << conditionShift) + Condition.waiters];
      const next = right(k);
      if (
        row === 0 ||
        first === 0 ||
        words[(row << conditionShift) + Condition.waiters] === first
      ) {
        return next;
      }
      prepend(waitLinks(k), words, (row << conditionShift) + Condition.waiters, first);
      return next;
    },
  ),
  inCall("conditionBroadcast", "a broadcast wakes one thread", (k, right) => {
    if (named(k, Kind.condition) === 0) return right(k);
    k.registers[Register.call] = Syscall.conditionSignal;
    const words = k.tables[Kind.condition].words;
    const at = (named(k, Kind.condition) << conditionShift) + Condition.waiters;
    const first = words[at];
    const second = first === 0 ? 0 : k.threads[word(first, Thread.waitNext)];
    if (second === 0) return right(k);
    remove(waitLinks(k), words, at, second);
    const next = right(k);
    append(waitLinks(k), words, at, second);
    return next;
  }),
  inCall("futexWake", "one thread too few is woken", (k, right) => {
    const row = named(k, Kind.futexQueue);
    const words = k.tables[Kind.futexQueue].words;
    const isWaited = row !== 0 && words[(row << futexQueueShift) + FutexQueue.waiters] !== 0;
    if (isWaited) k.registers[Register.a2]--;
    return right(k);
  }),
  inCall("timerSet", "a deadline is put into the list of another tick", (k, right) => {
    const row = named(k, Kind.timer);
    const next = right(k);
    const words = k.tables[Kind.timer].words;
    if (row === 0 || words[(row << timerShift) + Timer.timed] !== 1) return next;
    k.timerWake.times[((row << timerShift) + Timer.deadline) >> 1] += 3_000_000;
    return next;
  }),
];
