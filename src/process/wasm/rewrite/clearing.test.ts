// Where dead locals are cleared, on bodies small enough to see it.
import { describe, expect, it } from "vitest";
import { bodyReaders, readBinary, skipLocals } from "../binary/index.ts";
import { assemble } from "../prepare/wat-fixture.ts";
import { findClears } from "./clearing.ts";
import { Flow, readFlow } from "./flow.ts";
import { addLocal, noLocals } from "./local-set.ts";

const localCount = 4;

/**
 * What is cleared at each call and loop of a body with one parameter and three locals, all of which its
 * landing pad reads: "loop 1 2" for two locals at the beginning of each turn.
 */
function clearedIn(body: string): string[] {
  const bytes = assemble(
    `(module (import "host" "call" (func $call)) (func (param i32) (local i32 i32 i32) ${body}))`,
  );
  const [reader] = bodyReaders(readBinary(bytes));
  if (reader === undefined) throw new Error("The module has no body.");
  skipLocals(reader);
  const flow = readFlow(reader, Uint8Array.of(1, 0));
  const readByPad = noLocals(localCount);
  for (let local = 0; local < localCount; local++) addLocal(readByPad, local);
  const clears = findClears({ flow, localCount, parameterCount: 1, readByPad });
  return clears.map(({ start, locals }) => {
    const isLoop = flow.kinds[flow.offsets.indexOf(start)] === Flow.loop;
    return `${isLoop ? "loop" : "call"} ${locals.join(" ")}`;
  });
}

const use = (local: number): string => `(drop (local.get ${local}))`;
const set = (local: number): string => `(local.set ${local} (i32.const 7))`;

describe("a local is cleared", () => {
  it.each<[string, string, string[]]>([
    ["nowhere without a loop", `${set(1)} ${use(1)} (call $call)`, []],
    [
      "at a turn's beginning, if only turns before have set it",
      loop(`(call $call) ${set(1)}`),
      ["loop 0 1"],
    ],
    [
      "before the call that it does not reach alive",
      loop(`${set(1)} ${use(1)} (call $call)`),
      ["loop 0", "call 1"],
    ],
    [
      "once, however many calls follow",
      loop(`${set(1)} ${use(1)} (call $call) (call $call)`),
      ["loop 0", "call 1"],
    ],
    ["not while the body will read it", loop(`${use(0)} (call $call)`), []],
    ["not if it has never been set", loop(`(call $call)`), ["loop 0"]],
    [
      "not before a call that is the last thing done",
      loop(`${use(0)} ${set(1)} (call $call) (return)`),
      [],
    ],
    [
      "behind arms of which one sets it",
      loop(`(if (local.get 0) (then ${set(2)})) (call $call)`),
      ["loop 2", "call 2"],
    ],
    [
      "on the arm that sets it",
      loop(`(if (local.get 0) (then ${set(2)} (call $call)))`),
      ["call 2"],
    ],
    [
      "where a branch leads that comes from where it is set",
      loop(`(block ${set(3)} (br_if 0 (local.get 0)) (return)) (call $call)`),
      ["call 3"],
    ],
    [
      "not at the beginning of a turn without calls",
      `(loop ${set(1)} (br_if 0 (local.get 1)))`,
      [],
    ],
  ])("%s", (_, body, expected) => {
    expect(clearedIn(body)).toEqual(expected);
  });
});

function loop(body: string): string {
  return `(loop ${body} (br 0))`;
}
