// When a cell is started again, after how long, and when no more.
import { describe, expect, it } from "vitest";
import { type CellEnd, type RestartMode, RestartPolicy } from "./restart-policy.ts";

const killed: CellEnd = {
  code: undefined,
  signal: "SIGKILL",
  said: undefined,
  hasServed: true,
  answered: 0,
};
const ended: CellEnd = {
  ...killed,
  code: 3,
  signal: undefined,
  said: { code: 3, isFault: false },
};
const broke: CellEnd = { ...ended, said: { code: 134, isFault: true } };

function decide(mode: RestartMode, end: CellEnd) {
  return new RestartPolicy({ mode, limit: 5 }).decide(end, 0);
}

describe("a restart policy", () => {
  it("takes what a log has kept for progress, as it does an answer", () => {
    const decided = (heard: number): boolean[] => {
      const policy = new RestartPolicy({ mode: "on-failure", limit: 2 });
      return Array.from({ length: 5 }, () => policy.decide({ ...killed, heard }, 0).restart);
    };
    expect(decided(1)).toEqual([true, true, true, true, true]);
    expect(decided(0)).toEqual([true, true, false, false, false]);
  });

  it.each([
    ["always", killed, true],
    ["always", broke, true],
    ["always", ended, true],
    ["on-failure", killed, true],
    ["on-failure", broke, true],
    ["on-failure", ended, false],
    ["never", killed, false],
    ["never", broke, false],
    ["never", ended, false],
  ] as const)("%s, after %o: starts it again: %s", (mode, end, restart) => {
    expect(decide(mode, end).restart).toBe(restart);
  });

  it("does not start again what ended before it ever served, with a code of its own", () => {
    const mistake = { ...killed, signal: undefined, code: 2, hasServed: false };
    expect(decide("always", mistake)).toEqual({ restart: false, gaveUp: undefined });
    expect(decide("always", { ...killed, hasServed: false }).restart).toBe(true);
  });

  it("starts at once after a life that answered something, however many there were", () => {
    const policy = new RestartPolicy({ mode: "on-failure", limit: 2 });
    for (let i = 0; i < 100; i++) {
      expect(policy.decide({ ...killed, answered: 1 }, i)).toEqual({ restart: true, afterMs: 0 });
    }
  });

  it("waits longer and longer, and gives up, when no life answers anything", () => {
    const policy = new RestartPolicy({ mode: "on-failure", limit: 5 });
    const decisions = Array.from({ length: 6 }, (_, i) => policy.decide(killed, i * 1000));
    const pauses = decisions.slice(0, 5).map((one) => one.restart && one.afterMs);
    expect(pauses).toEqual([0, 50, 100, 200, 400]);
    expect(decisions[5]).toMatchObject({ restart: false });
    expect(decisions[5]).toHaveProperty("gaveUp", expect.stringContaining("6 times within 60 s"));
  });

  it("does not give up when deaths are far apart, and never waits longer than five seconds", () => {
    const policy = new RestartPolicy({ mode: "on-failure", limit: 5 });
    for (let i = 0; i < 50; i++) {
      const decision = policy.decide(killed, i * 20_000);
      expect(decision).toMatchObject({ restart: true });
      expect(decision.restart && decision.afterMs).toBeLessThanOrEqual(5000);
    }
  });
});
