// What `shoal top` writes to a terminal: whole lines, cleared to their ends, within its size, and shares of the
// processor by what was used since the look before.
import { describe, expect, it } from "vitest";
import type { ProgramStatus } from "../../system/index.ts";
import { frameOf, type Look, type ScreenSize } from "./top.ts";

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

const [home, clearLine, clearBelow] = ["\u001B[H", "\u001B[2K", "\u001B[J"];
const token = new RegExp(`${"\u001B"}\\[\\d*[A-Z]|[^]`, "g");

const size = { columns: 100, rows: 20 };

/** The lines of a frame without what moves the cursor and clears. */
function linesOf(frame: string): string[] {
  expect(frame.startsWith(home)).toBe(true);
  const lines = frame.slice(home.length).split("\r\n");
  return lines.map((line, i) => {
    const clear = i === lines.length - 1 ? clearBelow : clearLine;
    expect(line.startsWith(clear)).toBe(true);
    return line.slice(clear.length);
  });
}

/**
 * What a terminal shows after some frames: cursor home, a line cleared, all below cleared, and the wrap that waits
 * in the last column until there is another character.
 */
function shownBy(frames: readonly string[], { columns, rows }: ScreenSize): string[] {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => " "));
  let [row, column] = [0, 0];
  for (const [part] of frames.join("").matchAll(token)) {
    if (part === home) [row, column] = [0, 0];
    else if (part === clearLine) cells[row]!.fill(" ");
    else if (part === clearBelow) {
      // Where a wrap waits the cursor is still in the last column.
      cells[row]!.fill(" ", Math.min(column, columns - 1));
      for (const below of cells.slice(row + 1)) below.fill(" ");
    } else if (part === "\r") column = 0;
    else if (part === "\n") row = Math.min(row + 1, rows - 1);
    else {
      expect(column).toBeLessThan(columns);
      cells[row]![column++] = part;
    }
  }
  return cells.map((line) => line.join("").trimEnd());
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

  it("leaves nothing on the screen of a look with more programs and longer names", () => {
    const many = Array.from({ length: 9 }, (_, i) => program(`a-long-name-of-number-${i}`, 1));
    const screen = { columns: 60, rows: 8 };
    const full = frameOf({ ...look, programs: many }, undefined, screen);
    const after = frameOf(look, before, screen);
    expect(shownBy([full, after], screen)).toEqual(shownBy([after], screen));
    expect(shownBy([full], screen)).toHaveLength(8);
  });

  it("cuts long names, so that what follows them can be seen", () => {
    const long = program("a-program-with-a-rather-long-name-for-a-narrow-terminal", 1);
    const screen = { columns: 80, rows: 10 };
    const [, , head, row] = shownBy(
      [frameOf({ ...look, programs: [long] }, before, screen)],
      screen,
    );
    expect(head).toMatch(/REQUESTS$/);
    expect(row).toMatch(/^a-program-w.*\u2026 +7 +running .* 12$/);
  });

  it("shows the last column of a line that is as wide as the terminal", () => {
    const lines = linesOf(frameOf(look, before, size));
    const screen = { columns: Math.max(...lines.map(({ length }) => length)), rows: 10 };
    const exact = shownBy([frameOf(look, before, screen)], screen);
    expect(exact.slice(0, lines.length)).toEqual(lines);
    const [only] = shownBy([frameOf({ ...look, programs: [] }, before, screen)], screen).slice(2);
    expect(only).toMatch(/^NAME .*REQUESTS$/);
  });
});
