// What `shoal top` writes to a terminal: whole lines, cleared to their ends, within its size, and shares of the
// processor by what was used since the look before.
import { describe, expect, it } from "vitest";
import type { ProgramStatus } from "../../system/index.ts";
import { frameOf, type Look } from "./top.ts";

function program(name: string, cpuSeconds: number | null, pid: number | null = 7): ProgramStatus {
  return {
    name,
    state: pid === null ? "stopped" : "running",
    pid,
    level: "host",
    epoch: 3,
    restarts: 1,
    startedAt: pid === null ? null : new Date(0).toISOString(),
    cpuSeconds,
    memoryBytes: 1024 * 1024,
    answered: 12,
    open: 0,
    group: null,
    words: [],
    end: null,
  };
}

const size = { columns: 100, rows: 20 };

/** The lines of a frame without what moves the cursor. */
function linesOf(frame: string): string[] {
  const [home, clear] = ["\u001B[H", "\u001B[J"];
  expect([frame.startsWith(home), frame.endsWith(clear)]).toEqual([true, true]);
  const body = frame.slice(home.length, -clear.length);
  return body.split("\r\n").map((line) => {
    expect(line.endsWith("\u001B[K")).toBe(true);
    return line.slice(0, -"\u001B[K".length);
  });
}

describe("a frame of top", () => {
  const before: Look = { atMs: 60_000, programs: [program("idle", 1), program("busy", 1)] };
  const look: Look = {
    atMs: 62_000,
    programs: [program("idle", 1), program("busy", 2), program("gone", null, null)],
  };

  it("shows the busiest first, with its share since the look before", () => {
    const [title, , head, ...rows] = linesOf(frameOf(look, before, size));
    expect(title).toBe("shoal: 2 of 3 programs running  (q ends)");
    expect(head).toMatch(/^NAME +PID +STATE +CPU% +RESTARTS/);
    expect(rows.map((row) => row.split(/ +/).slice(0, 4))).toEqual([
      ["busy", "7", "running", "50.0"],
      ["idle", "7", "running", "0.0"],
      ["gone", "-", "stopped", "-"],
    ]);
  });

  it("knows no share of a process that it sees for the first time", () => {
    const other: Look = { ...before, programs: [program("busy", 1, 6)] };
    expect(frameOf(look, other, size)).not.toContain("50.0");
    expect(frameOf(look, undefined, size)).not.toContain("50.0");
  });

  it("never writes beyond the terminal", () => {
    const lines = linesOf(frameOf(look, before, { columns: 12, rows: 4 }));
    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.map(({ length }) => length))).toBe(12);
  });
});
