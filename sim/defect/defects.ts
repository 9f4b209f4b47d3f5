// Defects that the simulator must find, each within the seeds of a CI run: mistakes that somebody
// could make in the kernel, at least one per class of calls and per queue. A checker that no defect
// needs is not known to work; a defect that nothing finds shows what is not checked.
import { Kind, Register, Status, Syscall, ThreadState } from "../../src/abi/index.ts";
import { append, prepend, remove } from "../../src/base/index.ts";
import { findObject, slotRow } from "../../src/kernel/capability.ts";
import {
  Capability,
  capabilityShift,
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
  Space,
  spaceShift,
  Thread,
  threadShift,
  Timer,
  timerShift,
} from "../../src/kernel/layout.ts";
import type { Kernel } from "../../src/kernel/index.ts";
import { blocked, finish, waitLinks } from "../../src/kernel/waiting.ts";
import { between, type Defect, inCall, wentWell } from "./plant.ts";

function word(thread: number, at: number): number {
  return (thread << threadShift) + at;
}

/** The object of a kind that the running thread's call names, or 0. */
function named(k: Kernel, kind: number): number {
  return findObject(k, k.registers[Register.a0], kind, 0);
}

function spaceOf(k: Kernel, thread: number): number {
  return k.threads[word(thread, Thread.space)];
}

const ipcDefects: readonly Defect[] = [
  inCall("send", "a sender that waits goes to the head of its queue", (k, right) => {
    const thread = k.current;
    const next = right(k);
    const isQueued = k.threads[word(thread, Thread.state)] === ThreadState.sending;
    if (next !== blocked || !isQueued) return next;
    const at =
      (referenceRow(k.threads[word(thread, Thread.waitsOn)]) << endpointShift) + Endpoint.senders;
    remove(waitLinks(k), k.endpoints, at, thread);
    prepend(waitLinks(k), k.endpoints, at, thread);
    return next;
  }),
  inCall("send", "a message that is sent is also sent again", (k, right) => {
    const thread = k.current;
    const registers = k.registers.slice();
    const next = right(k);
    if (!wentWell(k, thread)) return next;
    k.registers.set(registers);
    return right(k);
  }),
  inCall("receive", "a receiver that waits stands in its queue twice over", (k, right) => {
    const thread = k.current;
    const next = right(k);
    const waitsOn = k.threads[word(thread, Thread.waitsOn)];
    if (next !== blocked || referenceKind(waitsOn) !== Kind.endpoint) return next;
    k.threads[word(thread, Thread.waitNext)] = thread;
    return next;
  }),
  inCall("receive", "a receiver of an endpoint set is not found by senders", (k, right) => {
    const thread = k.current;
    const next = right(k);
    const waitsOn = k.threads[word(thread, Thread.waitsOn)];
    if (next !== blocked || referenceKind(waitsOn) !== Kind.endpointSet) return next;
    const words = k.tables[Kind.endpointSet].words;
    const at = (referenceRow(waitsOn) << endpointSetShift) + EndpointSet.receivers;
    remove(waitLinks(k), words, at, thread);
    return next;
  }),
  inCall("call", "a call leaves its reply object unarmed", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (k.threads[word(thread, Thread.state)] !== ThreadState.awaitingReply) return next;
    k.replies[(k.threads[word(thread, Thread.reply)] << replyShift) + Reply.armed] = 0;
    return next;
  }),
  inCall("replyAndReceive", "a word of an answer is changed", (k, right) => {
    if (k.threads[word(k.current, Thread.owed)] !== 0) k.registers[Register.w3] ^= 4;
    return right(k);
  }),
  inCall("saveReply", "a debt that was saved is still owed", (k, right) => {
    const thread = k.current;
    const owed = k.threads[word(thread, Thread.owed)];
    const next = right(k);
    if (wentWell(k, thread)) k.threads[word(thread, Thread.owed)] = owed;
    return next;
  }),
];

const threadDefects: readonly Defect[] = [
  inCall("threadSleep", "a thread that sleeps has no deadline", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (next === blocked) k.threads[word(thread, Thread.timed)] = 0;
    return next;
  }),
  inCall("threadYield", "a thread that yields leaves the ready queue", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (next === blocked) k.threads[word(thread, Thread.readyIn)] = 0;
    return next;
  }),
  inCall("threadSchedule", "a new priority leaves a thread in its old queue", (k, right) => {
    const thread = named(k, Kind.thread);
    const priority = k.registers[Register.a1];
    const isQueued = thread !== 0 && k.threads[word(thread, Thread.readyIn)] !== 0;
    if (!isQueued || priority < 0 || priority > 31) return right(k);
    k.threads[word(thread, Thread.priority)] = priority;
    return finish(k, Status.ok);
  }),
  inCall("threadStop", "a thread that is stopped stays in its queue", (k, right) => {
    const thread = named(k, Kind.thread);
    const isQueued =
      thread !== k.current &&
      thread !== 0 &&
      k.threads[word(thread, Thread.state)] === ThreadState.receiving;
    if (!isQueued) return right(k);
    k.threads[word(thread, Thread.state)] = ThreadState.stopped;
    return finish(k, Status.ok);
  }),
  inCall("threadExit", "a thread that ends is still counted", (k, right) => {
    const space = spaceOf(k, k.current);
    const before = k.spaces[(space << spaceShift) + Space.threadCount];
    const next = right(k);
    k.spaces[(space << spaceShift) + Space.threadCount] = before;
    return next;
  }),
];

const syncDefects: readonly Defect[] = [
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

const objectDefects: readonly Defect[] = [
  inCall("objectCreate", "an object is not charged to its space", (k, right) => {
    const thread = k.current;
    const own = spaceOf(k, thread);
    const next = right(k);
    if (wentWell(k, thread)) k.spaces[(own << spaceShift) + Space.objectCount]--;
    return next;
  }),
  inCall("objectDestroy", "the mutexes of a thread that is destroyed stay locked", (k, right) => {
    const thread = named(k, Kind.thread);
    if (thread !== 0) k.threads[word(thread, Thread.firstHeld)] = 0;
    return right(k);
  }),
  inCall("objectIdentify", "an object is taken for another kind", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (wentWell(k, thread)) k.registers[Register.w0]++;
    return next;
  }),
  inCall("objectSetState", "a thread's state is set while it waits", (k, right) => {
    const thread = named(k, Kind.thread);
    if (thread === 0 || thread === k.current) return right(k);
    const state = k.threads[word(thread, Thread.state)];
    if (state !== ThreadState.awaitingReply) return right(k);
    k.threads[word(thread, Thread.state)] = ThreadState.stopped;
    const next = right(k);
    k.threads[word(thread, Thread.state)] = state;
    return next;
  }),
  inCall("capabilityMint", "a capability gets rights that its parent has not", (k, right) => {
    const thread = k.current;
    const slot = k.registers[Register.a1];
    const next = right(k);
    const row = slotRow(k, spaceOf(k, thread), slot);
    if (wentWell(k, thread)) k.capabilities[row << capabilityShift] |= 0x7f00;
    return next;
  }),
  inCall("capabilityMove", "the children of a capability that moves stay behind", (k, right) => {
    const thread = k.current;
    const from = slotRow(k, spaceOf(k, thread), k.registers[Register.a0]);
    const slot = k.registers[Register.a1];
    const next = right(k);
    const to = slotRow(k, spaceOf(k, thread), slot) << capabilityShift;
    if (!wentWell(k, thread)) return next;
    const child = k.capabilities[to + Capability.firstChild] << capabilityShift;
    if (child !== 0) k.capabilities[child + Capability.parent] = from;
    return next;
  }),
  inCall("capabilityDelete", "a slot that is empty is still counted", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (wentWell(k, thread)) k.spaces[(spaceOf(k, thread) << spaceShift) + Space.slotCount]++;
    return next;
  }),
  inCall("capabilityRevoke", "a revoke revokes nothing", (k, right) => {
    return findObject(k, k.registers[Register.a0], Kind.none, 8) === 0
      ? right(k)
      : finish(k, Status.ok);
  }),
  inCall("setAdd", "a member of a set is not counted", (k, right) => {
    const set = named(k, Kind.endpointSet);
    const thread = k.current;
    const next = right(k);
    const words = k.tables[Kind.endpointSet].words;
    if (wentWell(k, thread)) words[(set << endpointSetShift) + EndpointSet.memberCount]--;
    return next;
  }),
  inCall("clockRead", "the clock is a microsecond late", (k, right) => {
    const next = right(k);
    k.registers[Register.w0] -= 1000;
    return next;
  }),
];

const queueDefects: readonly Defect[] = [
  between("ready queues", "the last of the ready threads is lost", ({ k, eventCount }) => {
    const priority = 31 - Math.clz32(k.readyBits);
    const last = priority < 0 ? 0 : k.readyQueues[priority * 2 + 1];
    if (last === 0 || eventCount % 50 !== 0) return;
    k.readyQueues[priority * 2] = k.readyQueues[priority * 2 + 1] = 0;
    k.readyBits &= ~(1 << priority);
  }),
  between("idle activations", "an idle activation is forgotten", ({ k, eventCount }) => {
    const space = 1 + (eventCount % 3);
    if (eventCount % 64 === 0 && k.portalDepth === 0) {
      k.spaces[(space << spaceShift) + Space.firstIdleActivation] = 0;
    }
  }),
  {
    name: "a step of a long copy is left out",
    place: "long messages",
    plant: () => () => {},
    onEvent({ memories, eventCount }) {
      if (eventCount !== 0) return;
      const copy = memories.copy.bind(memories);
      let bigCount = 0;
      memories.copy = (from, fromAddress, to, toAddress, bytes) => {
        if (bytes >= 0x4000 && ++bigCount % 2 === 0) return;
        copy(from, fromAddress, to, toAddress, bytes);
      };
    },
  },
];

export const defects: readonly Defect[] = [
  ...ipcDefects,
  ...threadDefects,
  ...syncDefects,
  ...objectDefects,
  ...queueDefects,
];
