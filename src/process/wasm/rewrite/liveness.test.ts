// Which locals live across a call, on bodies small enough to see it.
import { describe, expect, it } from "vitest";
import { bodyReaders, readBinary, skipLocals } from "../binary/index.ts";
import { assemble } from "../prepare/wat-fixture.ts";
import { readFlow } from "./flow.ts";
import { liveAcrossCalls } from "./liveness.ts";
import { localsOf } from "./local-set.ts";

/** Of four locals in a body that calls function 0, those that live across the call. */
function liveIn(body: string): number[] {
  const bytes = assemble(
    `(module (tag $e) (import "host" "call" (func $call))
    (func (local i32 i32 i32 i32) ${body}))`
      .replace("(tag $e) ", "")
      .replace("(func (local", "(tag $e) (func (local"),
  );
  const [reader] = bodyReaders(readBinary(bytes));
  if (reader === undefined) throw new Error("The module has no body.");
  skipLocals(reader);
  return localsOf(liveAcrossCalls(readFlow(reader, Uint8Array.of(1, 0)), 4));
}

describe("a local lives across a call", () => {
  it.each<[string, string, number[]]>([
    ["if it is read after it", "(call $call) (drop (local.get 1))", [1]],
    ["not if it is only read before it", "(drop (local.get 1)) (call $call)", []],
    [
      "not if it is set before it is read",
      "(call $call) (local.set 1 (i32.const 2)) (drop (local.get 1))",
      [],
    ],
    ["if one arm reads it", "(call $call) (if (local.get 0) (then (drop (local.get 1))))", [0, 1]],
    [
      "not if both arms set it first",
      "(call $call) (if (i32.const 1) (then (local.set 1 (i32.const 1))) (else (local.set 1 (i32.const 2)))) (drop (local.get 1))",
      [],
    ],
    [
      "if one of them does not",
      "(call $call) (if (i32.const 1) (then (local.set 1 (i32.const 1)))) (drop (local.get 1))",
      [1],
    ],
    ["if the next turn of a loop reads it", "(loop (drop (local.get 2)) (call $call) (br 0))", [2]],
    [
      "not if the next turn sets it",
      "(loop (local.set 2 (i32.const 1)) (drop (local.get 2)) (call $call) (br 0))",
      [],
    ],
    [
      "if a turn of the outer loop reads it",
      "(loop (drop (local.get 3)) (loop (call $call) (br_if 0 (i32.const 1)) (br 1)))",
      [3],
    ],
    [
      "if a branch leads to where it is read",
      "(block (call $call) (br 0)) (drop (local.get 0))",
      [0],
    ],
    ["not if nothing is reached", "(block (call $call) (return)) (drop (local.get 0))", []],
    [
      "if some label of a table leads to where it is read",
      "(block (block (call $call) (br_table 0 1 (i32.const 1))) (drop (local.get 1)) ) (drop (local.get 2))",
      [1, 2],
    ],
  ])("%s", (_, body, expected) => {
    expect(liveIn(body)).toEqual(expected);
  });
});
