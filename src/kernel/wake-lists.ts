// Wake-up lists (L3, section 5.3.3): rows with a deadline, in `wakeListCount` unordered lists indexed
// by the tick of the deadline, and a far list for deadlines beyond one round. Entering and leaving a
// list takes constant time. Leaving is lazy: a row whose wait ended otherwise stays in its list,
// marked untimed, until the list is walked or `staleRowsMax` such rows have gathered.
import { staleRowsMax, wakeListCount, wakeTickNs } from "../abi/index.ts";
import { append, assert, type Links, nextOf, remove } from "../base/index.ts";

export interface WakeFields {
  readonly next: number;
  readonly listIn: number;
  readonly timed: number;
  readonly deadline: number;
}

export interface WakeLists {
  readonly links: Links;
  readonly fields: WakeFields;
  readonly times: Float64Array;
  /** Head and tail per list; the far list is the last. */
  readonly heads: Int32Array;
  /** First tick whose list was not walked yet. */
  tick: number;
  /** Tick at which the far list was sorted last. */
  sortedTick: number;
  /** Rows in lists, and those of them that no longer wait. */
  rowCount: number;
  staleCount: number;
}

const farList = wakeListCount;

export function createWakeLists(
  words: Int32Array,
  rowWords: number,
  fields: WakeFields,
): WakeLists {
  return {
    links: { words, rowWords, nextWord: fields.next },
    fields,
    times: new Float64Array(words.buffer),
    heads: new Int32Array((wakeListCount + 1) * 2),
    tick: 0,
    sortedTick: -1,
    rowCount: 0,
    staleCount: 0,
  };
}

export function deadlineOf(lists: WakeLists, row: number): number {
  return lists.times[(row * lists.links.rowWords + lists.fields.deadline) >> 1]!;
}

export function isTimed(lists: WakeLists, row: number): boolean {
  return lists.links.words[row * lists.links.rowWords + lists.fields.timed] === 1;
}

/** Gives a row a deadline, replacing an earlier one. */
export function setDeadline(lists: WakeLists, row: number, deadlineNs: number): void {
  const { words, rowWords } = lists.links;
  const base = row * rowWords;
  leaveList(lists, row);
  words[base + lists.fields.timed] = 1;
  lists.times[(base + lists.fields.deadline) >> 1] = deadlineNs;
  enterList(lists, row, deadlineNs);
}

/** The row no longer waits. It may stay in its list for a while. */
export function clearDeadline(lists: WakeLists, row: number, isLazy: boolean): void {
  const { words, rowWords } = lists.links;
  const base = row * rowWords;
  if (words[base + lists.fields.timed] === 0) return;
  words[base + lists.fields.timed] = 0;
  lists.staleCount++;
  if (!isLazy || lists.staleCount > staleRowsMax) leaveList(lists, row);
}

/** Takes a row out of its list at once, as before it is freed. */
export function leaveList(lists: WakeLists, row: number): void {
  const { words, rowWords } = lists.links;
  const base = row * rowWords;
  const list = words[base + lists.fields.listIn]! - 1;
  if (list < 0) return;
  if (words[base + lists.fields.timed] === 0) lists.staleCount--;
  remove(lists.links, lists.heads, list * 2, row);
  words[base + lists.fields.listIn] = 0;
  lists.rowCount--;
}

/**
 * The next row whose deadline has passed, taken out of its list and no longer timed, or 0. Walks the
 * lists of the ticks up to now, correcting rows that no longer wait.
 */
export function takeExpired(lists: WakeLists, nowNs: number): number {
  const nowTick = Math.floor(nowNs / wakeTickNs);
  if (lists.rowCount === 0) {
    lists.tick = nowTick;
    return 0;
  }
  // One round visits every list, however long the core has slept.
  if (nowTick - lists.tick > wakeListCount) lists.tick = nowTick - wakeListCount;
  for (;;) {
    if (lists.tick % wakeListCount === 0) sortFarList(lists);
    const row = takeExpiredFrom(lists, lists.tick & (wakeListCount - 1), nowNs);
    if (row !== 0) return row;
    if (lists.tick >= nowTick) return 0;
    lists.tick++;
  }
}

/** The earliest deadline of all rows, nanoseconds; Infinity if there is none. For an idle core. */
export function nextDeadline(lists: WakeLists): number {
  let earliest = Infinity;
  if (lists.rowCount === lists.staleCount) return earliest;
  for (let list = 0; list <= farList; list++) {
    for (let row = lists.heads[list * 2]!; row !== 0; row = nextOf(lists.links, row)) {
      if (isTimed(lists, row)) earliest = Math.min(earliest, deadlineOf(lists, row));
    }
  }
  return earliest;
}

function enterList(lists: WakeLists, row: number, deadlineNs: number): void {
  const tick = Math.max(Math.floor(deadlineNs / wakeTickNs), lists.tick);
  const isFar = tick - lists.tick >= wakeListCount;
  const list = isFar ? farList : tick & (wakeListCount - 1);
  append(lists.links, lists.heads, list * 2, row);
  lists.links.words[row * lists.links.rowWords + lists.fields.listIn] = list + 1;
  lists.rowCount++;
}

function takeExpiredFrom(lists: WakeLists, list: number, nowNs: number): number {
  const { words, rowWords } = lists.links;
  let next = 0;
  for (let row = lists.heads[list * 2]!; row !== 0; row = next) {
    next = nextOf(lists.links, row);
    const isWaiting = isTimed(lists, row);
    if (isWaiting && deadlineOf(lists, row) > nowNs) continue;
    leaveList(lists, row);
    if (!isWaiting) continue;
    words[row * rowWords + lists.fields.timed] = 0;
    return row;
  }
  return 0;
}

/** Moves rows of the far list whose deadline is now within a round to their lists. */
function sortFarList(lists: WakeLists): void {
  if (lists.sortedTick === lists.tick) return;
  lists.sortedTick = lists.tick;
  let next = 0;
  for (let row = lists.heads[farList * 2]!; row !== 0; row = next) {
    next = nextOf(lists.links, row);
    const deadlineNs = deadlineOf(lists, row);
    if (isTimed(lists, row)) {
      if (Math.floor(deadlineNs / wakeTickNs) - lists.tick >= wakeListCount) continue;
      leaveList(lists, row);
      enterList(lists, row, deadlineNs);
    } else leaveList(lists, row);
  }
  assert(lists.staleCount >= 0, "stale rows are counted", lists.staleCount);
}
