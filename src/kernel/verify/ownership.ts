// Who owns what: the list and counts of each space, the idle and active activations of its portals,
// the mutexes that each thread holds, and the tables' own count of live rows.
import { Kind, kindCount, ThreadState } from "../../abi/index.ts";
import { assert, forEachRow, isLive, type Table } from "../../base/index.ts";
import {
  Endpoint,
  endpointShift,
  Header,
  Mutex,
  mutexShift,
  reference,
  referenceKind,
  referenceRow,
  shiftOf,
  Space,
  spaceShift,
  SpaceState,
  Thread,
  ThreadFlag,
  threadShift,
} from "../layout.ts";
import { makerOf } from "../charge.ts";
import type { Kernel } from "../kernel.ts";
import { unwrittenActive } from "./written.ts";

export function verifyOwnership(k: Kernel): void {
  let owned = verifyOwner(k, 0);
  const spaces = k.tables[Kind.space];
  for (let row = 1; row < spaces.highWater; row++) {
    if (isLive(spaces, row)) owned += verifyOwner(k, row);
  }
  let live = 0;
  for (let kind = 1; kind < kindCount; kind++) {
    verifyLiveCount(k.tables[kind]);
    if (kind !== Kind.reply) live += k.tables[kind].liveCount;
  }
  assert(owned === live, "each object is in its owner's list", owned, live);
  verifyCharges(k);
  verifyThreads(k);
  verifySpaces(k);
  verifyMutexes(k);
}

function verifyLiveCount(table: Table): void {
  let live = 0;
  for (let row = 1; row < table.highWater; row++) if (isLive(table, row)) live++;
  assert(live === table.liveCount, "live rows are counted", live, table.liveCount);
  let free = 0;
  for (let row = table.firstFree; row !== 0; row = table.words[row * table.rowWords + 1]) {
    assert(!isLive(table, row), "the free list holds free rows", row);
    free++;
    assert(free <= table.rowLimit, "the free list ends", row);
  }
  assert(live + free === table.highWater - 1, "each row is live or free", live, free);
}

/** The objects of one space. Answers how many there are. */
function verifyOwner(k: Kernel, space: number): number {
  let count = 0;
  let previous = 0;
  for (let ref = k.spaces[(space << spaceShift) + Space.firstObject]; ref !== 0;) {
    const kind = referenceKind(ref);
    const row = referenceRow(ref);
    const words = k.tables[kind].words;
    const base = row << shiftOf[kind];
    assert(isLive(k.tables[kind], row), "an object owned is live", kind, row);
    assert(words[base + Header.owner] === space, "an object knows its owner", row, space);
    assert(words[base + Header.ownerPrev] === previous, "owner links agree", row, previous);
    previous = reference(kind, row);
    count++;
    ref = words[base + Header.ownerNext];
  }
  return count;
}

/** What is charged to each space: its objects, pages and orphaned replies, and those of inner ones. */
function verifyCharges(k: Kernel): void {
  const charged = new Int32Array(k.tables[Kind.space].highWater);
  const add = (from: number, count: number) => {
    for (let at = from; at !== 0; at = makerOf(k, at)) charged[at] += count;
  };
  for (let kind = 1; kind < kindCount; kind++) {
    const { words } = k.tables[kind];
    forEachRow(k.tables[kind], (row) => add(words[(row << shiftOf[kind]) + Header.owner], 1));
  }
  forEachRow(k.tables[Kind.space], (space) => {
    const pages = k.spaces[(space << spaceShift) + Space.pageCount];
    if (pages > 1) add(space, pages - 1);
  });
  forEachRow(k.tables[Kind.space], (space) => {
    const counted = k.spaces[(space << spaceShift) + Space.objectCount];
    assert(charged[space] === counted, "a space is charged what is used", charged[space], counted);
  });
}

/** Threads and active portals of each space are counted, and its idle activations listed. */
function verifyThreads(k: Kernel): void {
  const limit = k.tables[Kind.space].highWater;
  const threads = new Int32Array(limit);
  const active = new Int32Array(limit);
  const idle = new Int32Array(limit);
  forEachRow(k.tables[Kind.thread], (row) => {
    const base = row << threadShift;
    const space = k.threads[base + Thread.space];
    assert(k.threads[base + Header.owner] === space, "a thread's space owns it", row, space);
    const state = k.threads[base + Thread.state];
    const flags = k.threads[base + Thread.flags];
    if (state === ThreadState.exited) {
      assert(
        k.threads[base + Header.capabilityCount] > 0,
        "an exited thread is kept by its names",
        row,
      );
      return;
    }
    if ((flags & ThreadFlag.activation) === 0) threads[space]++;
    else if ((flags & (ThreadFlag.attached | ThreadFlag.detached)) !== 0) active[space]++;
    else {
      assert(state === ThreadState.idle, "an activation not in use is idle", row, state);
      assert(k.threads[base + Thread.readyIn] === 0, "an idle activation is in no queue", row);
      idle[space]++;
    }
  });
  forEachRow(k.tables[Kind.space], (space) => {
    const base = space << spaceShift;
    const threadCount = k.spaces[base + Space.threadCount];
    assert(
      threads[space] === threadCount,
      "a space counts its threads",
      threads[space],
      threadCount,
    );
    const activeCount = k.spaces[base + Space.activeCount] - unwrittenActive(k, space);
    assert(active[space] === activeCount, "a space counts its active portals", space, activeCount);
    const isAlive = k.spaces[base + Space.state] === SpaceState.alive;
    verifyIdle(k, space, isAlive ? idle[space] : 0);
  });
}

function verifyIdle(k: Kernel, space: number, expected: number): void {
  let count = 0;
  for (let row = k.spaces[(space << spaceShift) + Space.firstIdleActivation]; row !== 0;) {
    const base = row << threadShift;
    assert(isLive(k.tables[Kind.thread], row), "an idle activation is live", row, space);
    assert(k.threads[base + Thread.space] === space, "an idle activation is its space's", row);
    assert(k.threads[base + Thread.state] === ThreadState.idle, "an idle activation is idle", row);
    count++;
    assert(count <= expected, "idle activations are listed once", space, count);
    row = k.threads[base + Thread.nextIdle];
  }
  assert(count === expected, "each idle activation is listed", count, expected);
}

/** Spaces that have ended own nothing but what is on a stack; endpoints belong to their space. */
function verifySpaces(k: Kernel): void {
  forEachRow(k.tables[Kind.space], (space) => {
    const base = space << spaceShift;
    if (k.spaces[base + Space.state] !== SpaceState.ended) return;
    assert(k.spaces[base + Space.slotCount] === 0, "an ended space has no capabilities", space);
    assert(k.spaces[base + Space.firstObject] !== 0, "an ended space waits for something", space);
  });
  forEachRow(k.tables[Kind.endpoint], (row) => {
    const base = row << endpointShift;
    const space = k.endpoints[base + Endpoint.space];
    assert(space === k.endpoints[base + Header.owner], "an endpoint is its owner's", row, space);
  });
}

/** A mutex held is in its owner's list, and one that is free has nobody waiting. */
function verifyMutexes(k: Kernel): void {
  const words = k.tables[Kind.mutex].words;
  let held = 0;
  forEachRow(k.tables[Kind.mutex], (row) => {
    const base = row << mutexShift;
    const owner = words[base + Mutex.owner];
    const first = words[base + Mutex.waiters];
    assert(owner !== 0 || first === 0, "a free mutex has nobody waiting", row, first);
    if (owner === 0) return;
    held++;
    assert(isLive(k.tables[Kind.thread], owner), "the holder of a mutex is live", row, owner);
  });
  let listed = 0;
  forEachRow(k.tables[Kind.thread], (thread) => {
    let previous = 0;
    for (let row = k.threads[(thread << threadShift) + Thread.firstHeld]; row !== 0;) {
      const base = row << mutexShift;
      const state = k.threads[(thread << threadShift) + Thread.state];
      assert(state !== ThreadState.exited, "an exited thread holds nothing", thread, row);
      assert(isLive(k.tables[Kind.mutex], row), "a mutex held is live", row, thread);
      assert(words[base + Mutex.owner] === thread, "a mutex held knows its holder", row, thread);
      assert(words[base + Mutex.heldPrev] === previous, "held links agree", row, previous);
      previous = row;
      listed++;
      row = words[base + Mutex.heldNext];
    }
  });
  assert(listed === held, "each mutex held is in its holder's list", listed, held);
}
