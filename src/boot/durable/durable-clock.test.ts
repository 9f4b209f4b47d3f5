// A durable process's clock from cell to cell: it never goes back, whatever the host's clocks do.
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { continueClock, type HostTime } from "./durable-clock.ts";

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "shoal-clock-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const first: HostTime = { boot: "a", counterNs: 5e9, realtimeMs: 1_000_000 };

function after(...later: readonly Partial<HostTime>[]): number[] {
  let host = first;
  return [first, ...later].map((change) =>
    continueClock(directory, (host = { ...host, ...change })),
  );
}

it("goes on by the host's counter within a boot, wherever the time of day is set to", () => {
  const shown = after(
    { counterNs: 8e9, realtimeMs: 500 },
    { counterNs: 9e9, realtimeMs: 7_000_000 },
  );
  expect(shown).toEqual([0, 3e9, 4e9]);
});

it("goes on by the time of day after a reboot", () => {
  const shown = after({ counterNs: 8e9 }, { boot: "b", counterNs: 1e9, realtimeMs: 1_060_000 });
  expect(shown).toEqual([0, 3e9, 63e9]);
});

it("stands still if that was set back meanwhile", () => {
  const shown = after({ counterNs: 8e9 }, { boot: "b", counterNs: 1e9, realtimeMs: 900_000 });
  expect(shown).toEqual([0, 3e9, 3e9]);
});

it("takes a host that does not say which boot it is for another one each time", () => {
  const shown = after({ boot: undefined }, { counterNs: 6e9, realtimeMs: 1_004_000 });
  expect(shown).toEqual([0, 0, 4e9]);
});

it("begins anew where its file was cut short", () => {
  after({ counterNs: 8e9 });
  truncateSync(join(directory, "clock"), 20);
  expect(continueClock(directory, first)).toBe(0);
});
