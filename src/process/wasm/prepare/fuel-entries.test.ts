// Which functions count at their entry, on call graphs small enough to see it.
import { describe, expect, it } from "vitest";
import { readBinary, readDeclarations } from "../binary/index.ts";
import { readCallGraph } from "./call-graph.ts";
import { entriesToCheck } from "./fuel-entries.ts";
import { scanCode } from "./fuel-scan.ts";
import { assemble } from "./wat-fixture.ts";

/** The positions of the functions that count. */
function counting(functions: string): number[] {
  const binary = readBinary(assemble(`(module ${functions})`));
  const declarations = readDeclarations(binary);
  const graph = readCallGraph(binary, declarations, scanCode(binary, declarations));
  return entriesToCheck(graph).flatMap((counts, position) => (counts ? [position] : []));
}

/** Calls of `callees`, each so often. */
function calls(count: number, ...callees: string[]): string {
  return callees.map((callee) => `(call ${callee})`.repeat(count)).join(" ");
}

describe("a function counts at its entry", () => {
  it.each<[string, string, number[]]>([
    ["not because it loops: the loop does", `(func (loop (br 0)))`, []],
    ["not because it calls one that loops", `(func $f (loop (br 0))) (func (call $f))`, []],
    ["if it calls itself", `(func $f (call $f))`, [0]],
    [
      "if it is where the cycles meet, and the others of them do not",
      `(func $a (call $hub)) (func $b (call $hub)) (func $hub (call $a) (call $b))`,
      [2],
    ],
    [
      "not if what it calls through a table is of another shape than what leads back to it",
      `(type $one (func)) (type $two (func (param i32))) (table funcref (elem $leaf $back))
       (func $leaf) (func $back (param i32) (call $caller))
       (func $caller (call_indirect (type $one) (i32.const 0)))`,
      [],
    ],
    [
      "if a table may lead back to it",
      `(type $one (func)) (table funcref (elem $back)) (func $back (call $caller))
       (func $caller (call_indirect (type $one) (i32.const 0)))`,
      [0],
    ],
    [
      "if it may run too many instructions on one unit by calling others",
      `(func $one ${"nop ".repeat(100)}) (func $ten ${calls(10, "$one")})
       (func $hundred ${calls(10, "$ten")}) (func ${calls(10, "$hundred")})`,
      [2],
    ],
    [
      "not for what it calls to end the program",
      `(func $end ${"nop ".repeat(9900)})
       (func (block (call $end) unreachable) (block (call $end) unreachable))`,
      [],
    ],
  ])("%s", (_, functions, expected) => {
    expect(counting(functions)).toEqual(expected);
  });

  it("in one place at least of each cycle of a large graph, and in few", () => {
    // Each calls the next, and one in ten an earlier one.
    const count = 400;
    const body = (at: number): string =>
      `${calls(1, `$f${(at + 1) % count}`)} ${at % 10 === 0 ? calls(1, `$f${at >> 1}`) : ""}`;
    const all = Array.from({ length: count }, (_, at) => `(func $f${at} ${body(at)})`);
    const cut = new Set(counting(all.join(" ")));
    expect(cut.size).toBeLessThan(count / 5);
    for (let start = 0; start < count; start++) {
      let at = start;
      for (let steps = 0; !cut.has(at); steps++) {
        expect(steps).toBeLessThan(count);
        at = (at + 1) % count;
      }
    }
  });
});
