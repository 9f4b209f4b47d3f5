// Who runs: ready queues by priority with a bit per queue, lazy as in L3 (section 5.3.4): a ready
// queue contains at least all ready threads but the running one, and may contain threads that no
// longer are; the scheduler drops those when it meets them. What lazy scheduling leaves behind is
// bounded: past `staleRowsMax` such rows, a thread that blocks leaves its queue at once.
import {
  defaultSliceUs,
  Register,
  registerCount,
  staleRowsMax,
  ThreadState,
} from "../abi/index.ts";
import { append, assert, type Links, prepend, remove } from "../base/index.ts";
import { Thread, ThreadFlag, threadShift } from "./layout.ts";
import type { Kernel } from "./kernel.ts";
import { clearDeadline } from "./wake-lists.ts";

function readyLinks(k: Kernel): Links {
  return { words: k.threads, rowWords: 1 << threadShift, nextWord: Thread.readyNext };
}

export function stateOf(k: Kernel, thread: number): number {
  return k.threads[(thread << threadShift) + Thread.state]!;
}

export function setState(k: Kernel, thread: number, state: number): void {
  const base = thread << threadShift;
  const wasReady = k.threads[base + Thread.state] === ThreadState.ready;
  k.threads[base + Thread.state] = state;
  if (k.threads[base + Thread.readyIn] === 0) return;
  if (wasReady && state !== ThreadState.ready) {
    k.staleReady++;
    if (!k.lazyQueues || k.staleReady > staleRowsMax) leaveReadyQueue(k, thread);
  } else if (!wasReady && state === ThreadState.ready) k.staleReady--;
}

/** Makes a thread ready and puts it into its queue, at the end or at the front. */
export function makeReady(k: Kernel, thread: number, atFront = false): void {
  const base = thread << threadShift;
  setState(k, thread, ThreadState.ready);
  // An attached activation goes on when the portal above it returns, not when it is picked.
  const isAttached = (k.threads[base + Thread.flags]! & ThreadFlag.attached) !== 0;
  if (thread === k.current || isAttached) return;
  enterReadyQueue(k, thread, atFront);
  const priority = k.threads[base + Thread.priority]!;
  if (k.current === 0 || priority > currentPriority(k)) k.switchWanted = true;
}

function currentPriority(k: Kernel): number {
  return k.threads[(k.current << threadShift) + Thread.priority]!;
}

function enterReadyQueue(k: Kernel, thread: number, atFront: boolean): void {
  const base = thread << threadShift;
  if (k.threads[base + Thread.readyIn] !== 0) return;
  const priority = k.threads[base + Thread.priority]!;
  const put = atFront ? prepend : append;
  put(readyLinks(k), k.readyQueues, priority * 2, thread);
  k.threads[base + Thread.readyIn] = priority + 1;
  k.readyBits |= 1 << priority;
}

export function leaveReadyQueue(k: Kernel, thread: number): void {
  const base = thread << threadShift;
  const queue = k.threads[base + Thread.readyIn]! - 1;
  if (queue < 0) return;
  if (k.threads[base + Thread.state] !== ThreadState.ready) k.staleReady--;
  remove(readyLinks(k), k.readyQueues, queue * 2, thread);
  k.threads[base + Thread.readyIn] = 0;
  if (k.readyQueues[queue * 2] === 0) k.readyBits &= ~(1 << queue);
}

/** Takes the first ready thread of the highest priority out of its queue, or answers 0. */
export function takeReady(k: Kernel): number {
  let walked = 0;
  while (k.readyBits !== 0) {
    const priority = 31 - Math.clz32(k.readyBits);
    const thread = k.readyQueues[priority * 2]!;
    const isReady = stateOf(k, thread) === ThreadState.ready;
    leaveReadyQueue(k, thread);
    if (isReady) {
      if (walked > k.walkMax) k.walkMax = walked;
      return thread;
    }
    walked++;
  }
  if (walked > k.walkMax) k.walkMax = walked;
  return 0;
}

/**
 * Whether a thread of this priority may run next without asking the scheduler: no ready thread has a
 * higher priority. Rows left by lazy scheduling are dropped on the way.
 */
export function mayRunAt(k: Kernel, priority: number): boolean {
  for (let walked = 1; k.readyBits !== 0; walked++) {
    const highest = 31 - Math.clz32(k.readyBits);
    if (highest <= priority) return true;
    const thread = k.readyQueues[highest * 2]!;
    if (stateOf(k, thread) === ThreadState.ready) return false;
    leaveReadyQueue(k, thread);
    if (walked > k.walkMax) k.walkMax = walked;
  }
  return true;
}

/** Keeps the running thread's registers in its row. */
export function saveRegisters(k: Kernel): void {
  const to = (k.current << threadShift) + Thread.registers;
  const { registers, threads } = k;
  for (let i = 0; i < registerCount; i++) threads[to + i] = registers[i]!;
}

/** Makes a thread the running one: it leaves its queue, its registers enter the register file. */
export function makeCurrent(k: Kernel, thread: number): void {
  k.current = thread;
  if (thread === 0) return;
  const base = thread << threadShift;
  assert(k.threads[base + Thread.state] === ThreadState.ready, "a ready thread runs", thread);
  // The caller of a portal may have been woken, and queued, while the portal was on its stack.
  if (k.threads[base + Thread.readyIn] !== 0) leaveReadyQueue(k, thread);
  const from = base + Thread.registers;
  const { registers, threads } = k;
  for (let i = 0; i < registerCount; i++) registers[i] = threads[from + i]!;
}

/** Starts a new time slice for the running thread. */
export function startSlice(k: Kernel): void {
  const sliceUs = k.threads[(k.current << threadShift) + Thread.sliceUs]! || defaultSliceUs;
  k.sliceEndNs = k.nowNs + sliceUs * 1000;
}

/** Ends a waiting thread's call with a status and makes it ready. Its registers are in its row. */
export function complete(k: Kernel, thread: number, status: number): void {
  finishCall(k, thread, status);
  makeReady(k, thread);
}

/** As `complete`, without queueing it: for a direct switch, or a stopped thread. */
export function finishCall(k: Kernel, thread: number, status: number): void {
  const base = thread << threadShift;
  assert(thread !== k.current, "the running thread's registers are in the register file", thread);
  k.threads[base + Thread.registers + Register.call] = 0;
  k.threads[base + Thread.registers + Register.status] = status;
  if (k.threads[base + Thread.timed] === 1) clearDeadline(k.threadWake, thread, k.lazyQueues);
  else k.threads[base + Thread.timed] = 0;
}
