// Deadlines are met, never early, near and far; and what laziness leaves behind is bounded.
import { describe, expect, it } from "vitest";
import { staleRowsMax, wakeListCount, wakeTickNs } from "../abi/index.ts";
import { Random } from "../base/random.ts";
import {
  clearDeadline,
  createWakeLists,
  isTimed,
  leaveList,
  nextDeadline,
  setDeadline,
  takeExpired,
  type WakeLists,
} from "./wake-lists.ts";

const fields = { next: 2, listIn: 4, timed: 5, deadline: 6 };
const rowCount = 200;

function lists(): WakeLists {
  return createWakeLists(new Int32Array(8 * (rowCount + 1)), 8, fields);
}

function expired(wake: WakeLists, nowNs: number): number[] {
  const rows: number[] = [];
  for (let row = takeExpired(wake, nowNs); row !== 0; row = takeExpired(wake, nowNs))
    rows.push(row);
  return rows;
}

describe("wake-up lists", () => {
  it("wake nobody a nanosecond early, and everybody on time", () => {
    const wake = lists();
    setDeadline(wake, 1, 5_000_000);
    expect(expired(wake, 4_999_999)).toEqual([]);
    expect(expired(wake, 5_000_000)).toEqual([1]);
  });

  it("keep a deadline beyond one round until its round comes", () => {
    const wake = lists();
    const farNs = wakeTickNs * wakeListCount * 40 + 17;
    setDeadline(wake, 1, farNs);
    for (let nowNs = 0; nowNs < farNs; nowNs += wakeTickNs)
      expect(expired(wake, nowNs)).toEqual([]);
    expect(expired(wake, farNs)).toEqual([1]);
  });

  it("wake a far row also when the core slept over many rounds", () => {
    const wake = lists();
    setDeadline(wake, 1, wakeTickNs * 100);
    setDeadline(wake, 2, wakeTickNs * 1000);
    expect(expired(wake, wakeTickNs * 500)).toEqual([1]);
    expect(nextDeadline(wake)).toBe(wakeTickNs * 1000);
  });

  it("wake a row whose deadline had passed when it was set", () => {
    const wake = lists();
    setDeadline(wake, 9, 50 * wakeTickNs);
    expired(wake, 40 * wakeTickNs);
    setDeadline(wake, 1, 3);
    expect(expired(wake, 40 * wakeTickNs)).toEqual([1]);
  });

  it("forget a row that no longer waits", () => {
    const wake = lists();
    setDeadline(wake, 1, 10);
    clearDeadline(wake, 1, true);
    expect(isTimed(wake, 1)).toBe(false);
    expect(expired(wake, 100)).toEqual([]);
    expect(nextDeadline(wake)).toBe(Infinity);
  });

  it("take a new deadline in place of an earlier one", () => {
    const wake = lists();
    setDeadline(wake, 1, 10);
    setDeadline(wake, 1, 90 * wakeTickNs);
    expect(expired(wake, 50)).toEqual([]);
    expect(expired(wake, 90 * wakeTickNs)).toEqual([1]);
  });

  it("never hold more stale rows than their limit", () => {
    const wake = lists();
    for (let row = 1; row <= rowCount; row++) {
      setDeadline(wake, row, row * wakeTickNs);
      clearDeadline(wake, row, true);
      expect(wake.staleCount).toBeLessThanOrEqual(staleRowsMax);
    }
    expect(wake.rowCount).toBe(wake.staleCount);
  });

  it("hold no stale row at all when laziness is off", () => {
    const wake = lists();
    setDeadline(wake, 1, 10);
    clearDeadline(wake, 1, false);
    expect([wake.rowCount, wake.staleCount]).toEqual([0, 0]);
  });

  it.each([1, 2, 3])("agree with a plain list over random work (seed %i)", (seed) => {
    const random = new Random(seed);
    const wake = lists();
    const model = new Map<number, number>();
    let nowNs = 0;
    for (let round = 0; round < 3000; round++) {
      const row = 1 + random.below(rowCount);
      const change = random.below(4);
      if (change < 2) {
        const deadlineNs = nowNs + random.below(30) * 700_000 + 1;
        setDeadline(wake, row, deadlineNs);
        model.set(row, deadlineNs);
      } else if (change === 2) {
        clearDeadline(wake, row, true);
        if (random.chance(1, 2)) leaveList(wake, row);
        model.delete(row);
      } else {
        nowNs += random.below(random.chance(1, 20) ? 60_000_000 : 900_000);
        const due = [...model].filter(([, at]) => at <= nowNs).map(([one]) => one);
        for (const one of due) model.delete(one);
        expect(expired(wake, nowNs).sort((a, b) => a - b)).toEqual(due.sort((a, b) => a - b));
      }
      expect(nextDeadline(wake)).toBe(Math.min(Infinity, ...model.values()));
    }
  });
});
