// What random modules found in the rewriter, each as the smallest module that shows it.
import { describe, expect, it } from "vitest";
import { assemble } from "../../src/process/wasm/prepare/wat-fixture.ts";
import { askHost } from "../rewrite/fixtures.ts";
import { InterruptibleModule, runPlain } from "../rewrite/interrupted-run.ts";

interface Found {
  readonly what: string;
  readonly text: string;
}

const host = `(import "host" "ask" (func $ask (param i32) (result i32)))`;

const found: readonly Found[] = [
  {
    what: "operands below several values made together live across a call",
    text: `(module ${host}
      (func $three (result i32 i32 i32) (i32.const 1) (i32.const 2) (i32.const 3))
      (func (export "main") (param $n i32) (result i32)
        (local.get $n)
        (i32.add (local.get $n) (i32.const 1000))
        (call $three)
        (drop (call $ask (local.get $n)))
        (i32.add) (i32.mul) (i32.sub) (i32.add)))`,
  },
  {
    what: "a try_table is given one value, and its last clause passes several",
    text: `(module ${host}
      (tag $e (param i32 i64))
      (func (export "main") (param $n i32) (result i32) (local $wide i64)
        (block $caught (result i32 i64)
          (local.get $n)
          (try_table (param i32) (result i32) (catch $e $caught)
            (drop (call $ask (local.get $n)))
            (i32.add (call $ask (i32.const 2)))
            (if (i32.eqz (local.get $n)) (then (throw $e (i32.const 3) (i64.const 4)))))
          (return))
        (local.set $wide)
        (i32.wrap_i64 (local.get $wide))
        (i32.add)))`,
  },
];

describe.each(found)("$what", ({ text }) => {
  it("and it comes to the same when its stack is moved", () => {
    const bytes = assemble(text);
    const entry = { name: "main", args: [7] };
    const plain = runPlain(bytes, entry, askHost);
    const moved = new InterruptibleModule(bytes, askHost).run(entry, (_, attempt) => attempt < 2);
    expect(moved.outcome).toEqual(plain);
    expect(moved.captures).toBe(plain.calls.length * 2);
  });
});
