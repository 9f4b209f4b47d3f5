// Debug sections are kept right: every line of a rewritten program is where it was, for each way in which
// compilers write it down; and a program that breaks says where, at every level and after it was moved.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCustomSection, readBinary } from "../../../src/process/wasm/binary/index.ts";
import { rewriteForCapture } from "../../../src/process/wasm/prepare/capture.ts";
import {
  CodeMoves,
  leftOutSection,
  readLineTable,
} from "../../../src/process/wasm/rewrite/index.ts";
import { shoal } from "../../programs/shoal-process.ts";
import { breaking, builds, bytesOf } from "./builds.ts";
import { compareLines, type Row } from "./compare-lines.ts";

function rowsOf(bytes: Uint8Array): Row[] {
  return [...(readLineTable(readBinary(bytes))?.rows() ?? [])];
}

describe.each(builds)("$name", (build) => {
  it.each([false, true])("keeps its lines (with fuel: %s)", async (fuel) => {
    const plain = await bytesOf(build);
    const rewritten = rewriteForCapture(plain, fuel);
    expect(findCustomSection(readBinary(rewritten), leftOutSection)).toBeUndefined();
    const { rows, differences } = compareLines(
      { bytes: plain, rows: rowsOf(plain) },
      { bytes: rewritten, rows: rowsOf(rewritten) },
    );
    expect(differences.slice(0, 5)).toEqual([]);
    expect(rows).toBeGreaterThan(20);
  });
});

describe("the comparison", () => {
  it.each(["row", "function"] as const)("notices when a %s is wrong", async (what) => {
    const plain = await bytesOf(builds[0]!);
    const right = CodeMoves.prototype.map; // called with its own object below
    const wrong = what === "row" ? 1 : 40;
    CodeMoves.prototype.map = function (address) {
      const moved = right.call(this, address);
      return moved === undefined || address % 7 !== 0 ? moved : moved + wrong;
    };
    try {
      const rewritten = rewriteForCapture(plain, false);
      const rows = rowsOf(rewritten);
      const { differences } = compareLines(
        { bytes: plain, rows: rowsOf(plain) },
        { bytes: rewritten, rows },
      );
      expect(differences.length).toBeGreaterThan(0);
    } finally {
      CodeMoves.prototype.map = right;
    }
  });
});

describe("a line table that is not understood", () => {
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), "shoal-lines-"))));
  afterAll(() => rmSync(directory, { recursive: true }));

  it("is left out, and whoever misses it is told why", async () => {
    const bytes = await bytesOf(breaking[0]!);
    const section = findCustomSection(readBinary(bytes), ".debug_line")!;
    bytes[section.bodyStart + 4] = 9; // its version
    const path = join(directory, "broken.wasm");
    writeFileSync(path, bytes);
    const { stderr } = await shoal(["run", "--level", "checkpoint", path, "trap"]);
    const told = new TextDecoder().decode(stderr);
    expect(told).toMatch(/ at breaks \[\d+\] \+0x/);
    expect(told).not.toContain("lines.c:");
    expect(told).toContain(".debug_line: a line table has version 9 at 4");
  });
});

const ways: readonly (readonly [way: string, options: readonly string[]])[] = [
  ["as it is", []],
  ["able to be taken out", ["--level", "checkpoint"]],
  ["preempted", ["--level", "preempt"]],
  ["put back at each call", ["--model", "interrupt"]],
];

const breaks = ["divide", "read", "call", "trap"] as const;

describe.each(breaking)("$name breaks", (build) => {
  it.each(ways)("%s, and it is told where", async (way, options) => {
    const path = await build.path();
    const how = breaks[ways.findIndex(([one]) => one === way)]!;
    const { stdout, stderr } = await shoal(["run", ...options, path, how]);
    const said = new TextDecoder().decode(stdout).trim().split("\n").map(Number);
    const told = new TextDecoder().decode(stderr);
    const lines = [...told.matchAll(/^ +at \S+ \[\d+\].* \(lines\.c:(\d+)\)$/gm)];
    expect(said.length, told).toBe(6);
    // What was put back has no place in the module.
    const continued = lines.filter(([line]) => !line.includes("+0x"));
    expect(continued, told).toHaveLength(way === "put back at each call" ? lines.length : 0);
    expect(lines.map((match) => Number(match[1])).toReversed(), told).toEqual(said);
  });
});
