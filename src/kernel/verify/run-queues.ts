// Who may run and who waits for time: the ready queues hold every ready thread but the running one
// and attached activations, and what lazy scheduling left in them is counted; the wake-up lists hold
// every row with a deadline that counts, each where the walk of its tick will find it.
import {
  Kind,
  priorityCount,
  StackState,
  staleRowsMax,
  ThreadState,
  wakeListCount,
  wakeTickNs,
} from "../../abi/index.ts";
import { assert, isLive, nextOf, prevOf, type Table } from "../../base/index.ts";
import { Thread, ThreadFlag, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import type { WakeLists } from "../wake-lists.ts";
import type { Written } from "./written.ts";

export function verifyRunQueues(k: Kernel, written: Written): void {
  let queued = 0;
  let stale = 0;
  let highest = -1;
  for (let priority = 0; priority < priorityCount; priority++) {
    const head = k.readyQueues[priority * 2];
    const hasBit = (k.readyBits & (1 << priority)) !== 0;
    assert(
      hasBit === (head !== 0),
      "a bit stands for each queue that is not empty",
      priority,
      head,
    );
    let previous = 0;
    for (let row = head; row !== 0; row = k.threads[(row << threadShift) + Thread.readyNext]) {
      const base = row << threadShift;
      assert(k.threads[base + Thread.readyPrev] === previous, "ready links agree", row, previous);
      assert(k.threads[base + Thread.readyIn] === priority + 1, "a thread knows its queue", row);
      if (k.threads[base + Thread.state] === ThreadState.ready) {
        const own = k.threads[base + Thread.priority];
        assert(own === priority, "a ready thread queues at its priority", row, own);
        if (row !== written.current) highest = priority;
      } else stale++;
      previous = row;
      queued++;
    }
    const tail = k.readyQueues[priority * 2 + 1];
    assert(tail === previous, "a ready queue ends at its tail", tail, previous);
  }
  assert(stale === k.staleReady, "stale ready rows are counted", stale, k.staleReady);
  assert(stale <= (k.lazyQueues ? staleRowsMax : 0), "stale ready rows are bounded", stale);
  const runningIn = k.threads[(written.current << threadShift) + Thread.readyIn];
  assert(runningIn === 0, "the running thread is in no ready queue", written.current, runningIn);
  verifyReadyThreads(k, written, queued);
  verifySwitchWanted(k, written, highest);
}

function verifyReadyThreads(k: Kernel, written: Written, queued: number): void {
  const table = k.tables[Kind.thread];
  let members = 0;
  for (let row = 1; row < table.highWater; row++) {
    if (!isLive(table, row)) continue;
    const base = row << threadShift;
    const isQueued = k.threads[base + Thread.readyIn] !== 0;
    const state = k.threads[base + Thread.state];
    if (isQueued) members++;
    verifyStack(k, row, state);
    assert(!isQueued || state !== ThreadState.exited, "an exited thread is in no ready queue", row);
    if (state !== ThreadState.ready || isQueued || row === written.current) continue;
    const flags = k.threads[base + Thread.flags];
    assert((flags & ThreadFlag.attached) !== 0, "a ready thread is in its queue", row, flags);
  }
  assert(members === queued, "the ready queues hold live threads only", queued, members);
}

/** A thread's stack is on its way out, or out, only while the thread is kept from running. */
function verifyStack(k: Kernel, row: number, state: number): void {
  const base = row << threadShift;
  if ((k.threads[base + Thread.flags] & ThreadFlag.activation) !== 0) return;
  if (state === ThreadState.stopped || state === ThreadState.exited) return;
  const stack = k.threads[base + Thread.stack];
  assert(stack === StackState.inUse, "a thread that may run has its stack", row, stack);
}

/** A ready thread above the running one is never forgotten. */
function verifySwitchWanted(k: Kernel, written: Written, highest: number): void {
  if (k.switchWanted || highest < 0 || k.portalDepth > 0) return;
  assert(k.current !== 0, "an idle core has nobody ready, or wants to switch", highest);
  const own = k.threads[(written.current << threadShift) + Thread.priority];
  assert(highest <= own, "a ready thread of higher priority makes a switch wanted", highest, own);
}

export function verifyWakeLists(k: Kernel): void {
  verifyLists(k, k.threadWake, k.tables[Kind.thread]);
  verifyNotDue(k);
  verifyLists(k, k.timerWake, k.tables[Kind.timer]);
}

/** No thread waits past its deadline: the tick that told the time has ended such waits. */
function verifyNotDue(k: Kernel): void {
  const table = k.tables[Kind.thread];
  for (let row = 1; row < table.highWater; row++) {
    const base = row << threadShift;
    if (!isLive(table, row) || k.threads[base + Thread.timed] !== 1) continue;
    const deadlineNs = k.threadTimes[(base + Thread.deadline) >> 1];
    assert(deadlineNs > k.nowNs, "nobody waits past a deadline", row, deadlineNs);
  }
}

function verifyLists(k: Kernel, lists: WakeLists, table: Table): void {
  let rows = 0;
  let stale = 0;
  for (let list = 0; list <= wakeListCount; list++) {
    let previous = 0;
    for (let row = lists.heads[list * 2]; row !== 0; row = nextOf(lists.links, row)) {
      assert(isLive(table, row), "a wake-up list holds live rows", row, list);
      assert(prevOf(lists.links, row) === previous, "wake-up links agree", row, previous);
      const base = row * lists.links.rowWords;
      const listIn = lists.links.words[base + lists.fields.listIn];
      assert(listIn === list + 1, "a row knows its wake-up list", row, listIn);
      if (lists.links.words[base + lists.fields.timed] === 1) verifyPlace(lists, list, row);
      else stale++;
      previous = row;
      rows++;
    }
    assert(
      lists.heads[list * 2 + 1] === previous,
      "a wake-up list ends at its tail",
      list,
      previous,
    );
  }
  assert(rows === lists.rowCount, "rows in wake-up lists are counted", rows, lists.rowCount);
  assert(stale === lists.staleCount, "stale wake-up rows are counted", stale, lists.staleCount);
  assert(stale <= (k.lazyQueues ? staleRowsMax : 0), "stale wake-up rows are bounded", stale);
  verifyMembers(lists, table);
}

/** A row in the list of a tick is found when that tick is walked, or was due before. */
function verifyPlace(lists: WakeLists, list: number, row: number): void {
  if (list === wakeListCount) return;
  const base = row * lists.links.rowWords;
  const tick = Math.floor(lists.times[(base + lists.fields.deadline) >> 1] / wakeTickNs);
  const isDue = tick <= lists.tick;
  const isThere = isDue || (tick & (wakeListCount - 1)) === list;
  assert(isThere, "a deadline is in the list of its tick", row, list);
}

function verifyMembers(lists: WakeLists, table: Table): void {
  for (let row = 1; row < table.highWater; row++) {
    if (!isLive(table, row)) continue;
    const base = row * lists.links.rowWords;
    const timed = lists.links.words[base + lists.fields.timed];
    const listIn = lists.links.words[base + lists.fields.listIn];
    assert(timed !== 1 || listIn !== 0, "a deadline that counts is in a wake-up list", row);
    assert(timed !== 2 || listIn === 0, "a deadline that is kept is in no wake-up list", row);
  }
}
