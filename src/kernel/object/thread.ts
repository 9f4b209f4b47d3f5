// Threads: a flow of control is a row of words. Its state can be read at any moment, since a thread
// that waits holds the call it will make again; and a thread made from that state goes on as if it
// were the first. Activations are threads that run portals on the stack of their caller.
import {
  defaultPriority,
  defaultSliceUs,
  destroyStepCount,
  Kind,
  priorityCount,
  Register,
  registerCount,
  Right,
  sliceUsMax,
  StackState,
  Status,
  Syscall,
  syscallName,
  ThreadState,
} from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import {
  Reply,
  replyShift,
  Space,
  spaceShift,
  Thread,
  ThreadFlag,
  threadShift,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { leaveReadyQueue, setState as setThreadState } from "../schedule.ts";
import { leaveWait } from "../waiting.ts";
import { disarmReply } from "../wake.ts";
import { leaveList } from "../wake-lists.ts";
import { abandon } from "./mutex.ts";
import { raise } from "./notification.ts";
import { freeObject, isSame, newObject, type ObjectClass } from "./object.ts";
import {
  adoptOwed,
  adoptReply,
  dropOwed,
  isStoppedCaller,
  leaveOwed,
  leaveReply,
  newReply,
} from "./reply.ts";
import {
  nsOf,
  putNs,
  putReference,
  putWord,
  type StateReader,
  type StateWriter,
  wordOf,
} from "./state.ts";
import { endStack, stackOf } from "./thread-stack.ts";

export const threadClass: ObjectClass = {
  create(k, space) {
    const row = newThread(k, space);
    if (row === 0) return 0;
    const base = row << threadShift;
    const priority = k.registers[Register.w0]!;
    const sliceUs = k.registers[Register.w1]!;
    if (priority > 0 && priority < priorityCount) {
      k.threads[base + Thread.priority] = Math.min(priority, priorityMaxOf(k, row));
    }
    if (sliceUs > 0 && sliceUs <= sliceUsMax) k.threads[base + Thread.sliceUs] = sliceUs;
    k.spaces[(space << spaceShift) + Space.threadCount]!++;
    return row;
  },
  destroyStep(k, row) {
    if (!endStep(k, row)) return false;
    if (stateAt(k, row) !== ThreadState.exited) endThread(k, row);
    if (k.current === row) k.current = 0;
    freeObject(k, Kind.thread, row);
    return true;
  },
  getState: getThreadState,
  setState: setThreadStateFrom,
};

function stateAt(k: Kernel, row: number): number {
  return k.threads[(row << threadShift) + Thread.state]!;
}

/** A stopped thread of a space with its reply object, or 0 with `k.refusal` set. */
function newThread(k: Kernel, space: number): number {
  const row = newObject(k, Kind.thread, space);
  if (row === 0) return 0;
  const reply = newReply(k, row);
  if (reply === 0) {
    freeObject(k, Kind.thread, row);
    k.refusal = Status.outOfObjects;
    return 0;
  }
  const base = row << threadShift;
  k.threads[base + Thread.state] = ThreadState.stopped;
  k.threads[base + Thread.space] = space;
  k.threads[base + Thread.priority] = Math.min(defaultPriority, priorityMaxOf(k, row));
  k.threads[base + Thread.sliceUs] = defaultSliceUs;
  k.threads[base + Thread.reply] = reply;
  k.threads[base + Thread.stack] = StackState.out;
  return row;
}

/** The ceiling that a thread's space sets to its priority. */
export function priorityMaxOf(k: Kernel, thread: number): number {
  const space = k.threads[(thread << threadShift) + Thread.space]!;
  return k.spaces[(space << spaceShift) + Space.priorityMax]!;
}

/** Adds an activation to a space's idle ones. Answers its row, or 0 with `k.refusal` set. */
export function newActivation(k: Kernel, space: number): number {
  const row = newThread(k, space);
  if (row === 0) return 0;
  const base = row << threadShift;
  const owner = space << spaceShift;
  k.threads[base + Thread.state] = ThreadState.idle;
  k.threads[base + Thread.flags] = ThreadFlag.activation;
  k.threads[base + Thread.nextIdle] = k.spaces[owner + Space.firstIdleActivation]!;
  k.spaces[owner + Space.firstIdleActivation] = row;
  k.spaces[owner + Space.activationCount]!++;
  return row;
}

/** One bounded step of letting go of what a thread holds; true when it holds nothing. */
export function endStep(k: Kernel, row: number): boolean {
  const base = row << threadShift;
  if (stateAt(k, row) === ThreadState.exited) return true;
  if (stateAt(k, row) !== ThreadState.stopped && row !== k.current) {
    leaveWait(k, row);
    setThreadState(k, row, ThreadState.stopped);
  }
  for (let n = 0; n < destroyStepCount; n++) {
    const mutex = k.threads[base + Thread.firstHeld]!;
    if (mutex === 0) return true;
    abandon(k, mutex);
  }
  return k.threads[base + Thread.firstHeld] === 0;
}

/** The last step: the thread is no longer anybody's partner, and its space may have ended. */
export function endThread(k: Kernel, row: number): void {
  const base = row << threadShift;
  assert(k.threads[base + Thread.firstHeld] === 0, "a thread that ends holds no mutex", row);
  if (row === k.current && k.threads[base + Thread.partner] !== 0) leaveWait(k, row);
  setThreadState(k, row, ThreadState.exited);
  endStack(k, row);
  leaveReadyQueue(k, row);
  leaveList(k.threadWake, row);
  k.threads[base + Thread.timed] = 0;
  leaveOwed(k, row);
  leaveReply(k, row);
  const space = k.threads[base + Thread.space]!;
  k.notices.push({ notice: "threadGone", thread: row, space });
  const flags = k.threads[base + Thread.flags]!;
  if ((flags & ThreadFlag.activation) === 0) leaveSpace(k, row);
  if ((flags & ThreadFlag.detached) !== 0) {
    k.spaces[(space << spaceShift) + Space.activeCount]!--;
  }
}

function leaveSpace(k: Kernel, row: number): void {
  const space = k.threads[(row << threadShift) + Thread.space]!;
  const base = space << spaceShift;
  k.spaces[base + Space.threadCount]!--;
  k.spaces[base + Space.exitCode] = k.threads[(row << threadShift) + Thread.exitCode]!;
  if (k.spaces[base + Space.threadCount]! > 0) return;
  const target = k.spaces[base + Space.exitNotification]!;
  if (isSame(k, Kind.notification, target, k.spaces[base + Space.exitGeneration]!)) {
    raise(k, target, k.spaces[base + Space.exitBits]!);
  }
}

function getThreadState(k: Kernel, row: number, state: StateWriter): void {
  const base = row << threadShift;
  putWord(state, "state", exportedState(stateAt(k, row)));
  putWord(state, "priority", k.threads[base + Thread.priority]!);
  putWord(state, "sliceUs", k.threads[base + Thread.sliceUs]!);
  for (let i = 0; i < registerCount; i++) {
    const word = row === k.current ? k.registers[i]! : k.threads[base + Thread.registers + i]!;
    putWord(state, "registers", word, i);
  }
  if (k.threads[base + Thread.timed] !== 0) {
    const deadlineNs = k.threadTimes[(base + Thread.deadline) >> 1]!;
    putWord(state, "timed", 1);
    putNs(state, "remaining", Math.max(0, deadlineNs - k.nowNs));
  }
  putReplyReferences(k, row, state);
  putWord(state, "exitCode", k.threads[base + Thread.exitCode]!);
  putWord(state, "stack", stackOf(k, row));
}

/** Waiting is not a state of its own: it is a call about to be made. */
function exportedState(state: number): number {
  if (state === ThreadState.stopped || state === ThreadState.faulted) return state;
  return state === ThreadState.exited ? state : ThreadState.ready;
}

function putReplyReferences(k: Kernel, row: number, state: StateWriter): void {
  const base = row << threadShift;
  const rights = Right.send | Right.derive | Right.control;
  const reply = k.threads[base + Thread.reply]!;
  if (reply !== 0 && k.replies[(reply << replyShift) + Reply.armed] === 1) {
    putReference(state, "reply", { kind: Kind.reply, row: reply, rights, badge: 0 });
    // Answers given while nobody waits are held back until the state is put back somewhere.
    if (state.wantsReferences && isStoppedCaller(k, row))
      k.replies[(reply << replyShift) + Reply.held] = 1;
  }
  const owed = k.threads[base + Thread.owed]!;
  if (!isSame(k, Kind.reply, owed, k.threads[base + Thread.owedGeneration]!)) return;
  putReference(state, "owed", { kind: Kind.reply, row: owed, rights, badge: 0 });
}

function setThreadStateFrom(k: Kernel, row: number, state: StateReader): number {
  const base = row << threadShift;
  const call = wordOf(state, "registers", Register.call);
  const priority = wordOf(state, "priority");
  const sliceUs = wordOf(state, "sliceUs");
  if (stateAt(k, row) !== ThreadState.stopped) return Status.wrongState;
  if (priority < 0 || priority >= priorityCount) return Status.badArgument;
  if (priority > priorityMaxOf(k, row)) return Status.noRight;
  if (sliceUs <= 0 || sliceUs > sliceUsMax) return Status.badArgument;
  if (call !== 0 && syscallName(call) === undefined) return Status.badArgument;
  const remainingNs = nsOf(state, "remaining");
  if (remainingNs < 0) return Status.badArgument;
  const refused = takeReplies(k, row, state);
  if (refused !== Status.ok) return refused;
  // A thread that no longer waits for its answer makes its next call with a reply object that is free.
  const own = k.threads[base + Thread.reply]!;
  if (call !== Syscall.awaitReply && k.replies[(own << replyShift) + Reply.armed] === 1)
    disarmReply(k, own);
  // What lazy scheduling left in queues stands there under the old priority and deadline.
  leaveReadyQueue(k, row);
  leaveList(k.threadWake, row);
  k.threads[base + Thread.priority] = priority;
  k.threads[base + Thread.sliceUs] = sliceUs;
  k.threads[base + Thread.exitCode] = wordOf(state, "exitCode");
  for (let i = 0; i < registerCount; i++) {
    k.threads[base + Thread.registers + i] = wordOf(state, "registers", i);
  }
  // What is left of a timeout counts for the call to be made, and for no later one.
  k.threads[base + Thread.timed] = call !== 0 && wordOf(state, "timed") === 1 ? 2 : 0;
  k.threadTimes[(base + Thread.deadline) >> 1] = k.nowNs + remainingNs;
  return Status.ok;
}

/** The thread takes over the answer it waits for and the answer it owes, if the state has them. */
function takeReplies(k: Kernel, row: number, state: StateReader): number {
  const base = row << threadShift;
  const reply = state.references.get("reply")?.row ?? 0;
  const owed = state.references.get("owed")?.row ?? 0;
  if (reply !== 0 && !adoptReply(k, row, reply)) return Status.wrongState;
  if (owed !== 0 && owed !== k.threads[base + Thread.owed]) {
    dropOwed(k, row);
    adoptOwed(k, row, owed);
  }
  return Status.ok;
}
