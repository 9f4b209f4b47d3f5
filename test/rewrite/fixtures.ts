// Modules written by hand, one for each thing that makes a stack hard to take out. Each calls the host
// in the middle of it; `ask` answers a number that depends on the argument alone, so that a call made
// again gets the same answer.
import { assemble } from "../../src/process/wasm/prepare/wat-fixture.ts";
import { assembleModern } from "./assemble-modern.ts";
import type { Entry, HostOf } from "./interrupted-run.ts";

export interface Fixture {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly bytes: () => Uint8Array;
}

export const askHost: HostOf = () => ({
  ask: (x: number) => (Math.imul(x, 0x9e3779b1) >>> 8) % 100,
  note: () => undefined,
  wide: (x: bigint) => x * 3n + 1n,
  real: (x: number) => x / 3,
});

const imports = `
  (import "host" "ask" (func $ask (param i32) (result i32)))
  (import "host" "note" (func $note (param i32)))
  (import "host" "wide" (func $wide (param i64) (result i64)))
  (import "host" "real" (func $real (param f64) (result f64)))`;

function main(...args: unknown[]): Entry {
  return { name: "main", args };
}

function fixture(name: string, entries: readonly Entry[], text: string): Fixture {
  return { name, entries, bytes: () => assemble(`(module ${imports} ${text})`) };
}

/** Assembled by the other toolkit, which knows the current exception handling. */
function modernFixture(name: string, entries: readonly Entry[], text: string): Fixture {
  return { name, entries, bytes: () => assembleModern(`(module ${imports} ${text})`) };
}

export const fixtures: readonly Fixture[] = [
  fixture(
    "recursion",
    [main(7)],
    `(func $fib (param i32) (result i32)
       (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
         (then (call $ask (local.get 0)))
         (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
     (func (export "main") (param i32) (result i32) (call $fib (local.get 0)))`,
  ),
  fixture(
    "loops within loops",
    [main(3)],
    `(memory (export "memory") 1)
     (func (export "main") (param $n i32) (result i32) (local $i i32) (local $j i32) (local $sum i32)
       (loop $outer
         (local.set $j (i32.const 0))
         (loop $inner
           (local.set $sum (i32.add (local.get $sum) (call $ask (i32.add (local.get $i) (local.get $j)))))
           (i32.store (i32.shl (local.get $j) (i32.const 2)) (local.get $sum))
           (br_if $inner (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n))))
         (call $note (local.get $sum))
         (br_if $outer (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
       (local.get $sum))`,
  ),
  fixture(
    "a loop with parameters and results",
    [main(4)],
    `(func (export "main") (param $n i32) (result i32)
       i32.const 1
       local.get $n
       loop $l (param i32 i32) (result i32)
         local.set $n
         local.get $n
         call $ask
         i32.add
         local.get $n
         i32.const 1
         i32.sub
         local.tee $n
         local.get $n
         br_if $l
         drop
         i32.const 100
         i32.mul
       end
       local.get $n
       i32.add)`,
  ),
  fixture(
    "br_table out of the middle",
    [main(0), main(1), main(2), main(9)],
    `(func (export "main") (param $n i32) (result i32) (local $turn i32)
       (block $out (result i32)
         (loop $again (result i32)
           (block $three (block $two (block $one
             (call $note (local.get $turn))
             (br_table $one $two $three (call $ask (local.get $n)) (local.get $n) (drop)))
             (br $out (call $ask (i32.const 11))))
             (local.set $n (i32.const 0))
             (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
             (br $again))
           (br $out (i32.add (local.get $turn) (call $ask (i32.const 13)))))))`.replace(
      "(br_table $one $two $three (call $ask (local.get $n)) (local.get $n) (drop))",
      "(drop (call $ask (local.get $n))) (br_table $one $two $three (local.get $n))",
    ),
  ),
  fixture(
    "both arms of an if, with parameters",
    [main(0), main(1)],
    `(func (export "main") (param $n i32) (result i32)
       i32.const 5
       i32.const 6
       local.get $n
       if (param i32 i32) (result i32)
         call $ask
         i32.add
         (call $note (i32.const 1))
       else
         i32.mul
         call $ask
       end
       call $ask)`,
  ),
  fixture(
    "blocks with several results",
    [main(2)],
    `(func $two (param i32) (result i32 i64)
       (call $ask (local.get 0))
       (call $wide (i64.extend_i32_s (local.get 0))))
     (func (export "main") (param $n i32) (result i64)
       (local $a i32) (local $b i64)
       local.get $n
       block (param i32) (result i32 i64 i32)
         call $two
         (call $note (i32.const 3))
         i32.const 4
         call $ask
       end
       local.set $a
       i64.extend_i32_s
       (call $wide (i64.const 7))
       i64.add
       i64.add
       drop
       call $two
       i64.extend_i32_u
       (call $wide (i64.const 9))
       i64.add)`.replace(
      `       i64.extend_i32_s
       (call $wide (i64.const 7))
       i64.add
       i64.add
       drop
       call $two
       i64.extend_i32_u
       (call $wide (i64.const 9))
       i64.add)`,
      `       local.set $b
       i64.extend_i32_s
       (call $wide (i64.const 7))
       i64.add
       local.get $b
       i64.add
       (call $two (local.get $a))
       (call $wide (i64.const 9))
       i64.add
       local.set $b
       i64.extend_i32_u
       i64.add
       local.get $b
       i64.add)`,
    ),
  ),
  fixture(
    "the lower of two results lives on",
    [main(3)],
    `(func $pair (param i32) (result i32 f64)
       (call $ask (local.get 0)) (call $real (f64.convert_i32_s (local.get 0))))
     (func (export "main") (param $n i32) (result i32)
       (call $pair (local.get $n))
       drop
       (call $ask (i32.const 8))
       i32.add
       (call $pair (i32.const 2))
       i32.trunc_sat_f64_s
       (call $note (i32.const 1))
       i32.add
       i32.add)`,
  ),
  fixture(
    "values of every type across a call",
    [main(5)],
    `(memory (export "memory") 1)
     (func (export "main") (param $n i32) (result i32)
       (local $i i32) (local $l i64) (local $f f32) (local $d f64) (local $v v128)
       (local $r funcref) (local $x externref)
       (local.set $f (f32.reinterpret_i32 (i32.const 0x7fa12345)))
       (local.set $d (f64.reinterpret_i64 (i64.const 0xfff4000000abcdef)))
       (local.set $v (v128.const i32x4 1 -2 3 -4))
       (local.set $l (i64.const -9007199254740993))
       (local.set $r (ref.func $main2))
       i32.const 16
       f32.const -0
       i64.const 0x7fffffffffffffff
       f64.const nan:0x4000000000123
       (v128.const i64x2 -1 77)
       local.get $r
       (drop (call $ask (local.get $n)))
       ref.is_null
       (i32.store (i32.const 0))
       (v128.store (i32.const 16))
       (f64.store (i32.const 32))
       (i64.store (i32.const 40))
       (f32.store (i32.const 48))
       (call $note (i32.const 2))
       (f32.store (i32.const 52) (local.get $f))
       (f64.store (i32.const 56) (local.get $d))
       (v128.store (i32.const 64) (local.get $v))
       (i64.store (i32.const 80) (local.get $l))
       (i32.store (i32.const 88) (ref.is_null (local.get $x)))
       (i32.store (i32.const 92) (ref.is_null (local.get $r)))
       (i32.add (call $ask (i32.const 1))))
     (func $main2 (export "main2"))`
      .replace(
        "(i32.store (i32.const 0))",
        "(local.set $i) (i32.store (i32.const 0) (local.get $i))",
      )
      .replace(
        "(v128.store (i32.const 16))",
        "(local.set $v) (v128.store (i32.const 16) (local.get $v))",
      )
      .replace(
        "(f64.store (i32.const 32))",
        "(local.set $d) (f64.store (i32.const 32) (local.get $d))",
      )
      .replace(
        "(i64.store (i32.const 40))",
        "(local.set $l) (i64.store (i32.const 40) (local.get $l))",
      )
      .replace(
        "(f32.store (i32.const 48))",
        "(local.set $f) (f32.store (i32.const 48) (local.get $f))",
      ),
  ),
  fixture(
    "calls through a table, imports among its entries",
    [main(0), main(1), main(2)],
    `(type $t (func (param i32) (result i32)))
     (table 4 funcref)
     (elem (i32.const 0) $ask $twice $swap)
     (func $twice (param i32) (result i32)
       (i32.add (call $ask (local.get 0)) (call $ask (i32.add (local.get 0) (i32.const 1)))))
     (func $swap (param i32) (result i32)
       (table.set 0 (i32.const 3) (table.get 0 (i32.const 0)))
       (table.set 0 (i32.const 0) (table.get 0 (i32.const 1)))
       (call_indirect (type $t) (local.get 0) (i32.const 3)))
     (func (export "main") (param $n i32) (result i32)
       (i32.add (call_indirect (type $t) (i32.const 40) (local.get $n))
                (call_indirect (type $t) (i32.const 50) (i32.const 0))))`,
  ),
  fixture(
    "tail calls",
    [main(6)],
    `(type $t (func (param i32 i32) (result i32)))
     (table funcref (elem $odd))
     (func $even (param i32 i32) (result i32)
       (if (i32.eqz (local.get 0)) (then (return (call $ask (local.get 1)))))
       (call $note (local.get 0))
       (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
         (i32.add (local.get 1) (i32.const 2)) (i32.const 0)))
     (func $odd (param i32 i32) (result i32)
       (return_call $even (i32.sub (local.get 0) (i32.const 1)) (call $ask (local.get 1))))
     (func (export "main") (param i32) (result i32)
       (i32.add (call $even (local.get 0) (i32.const 1)) (call $ask (i32.const 3))))`,
  ),
  fixture(
    "globals, segments that are dropped, memory that grows",
    [main(1)],
    `(memory (export "memory") 1)
     (global $count (mut i32) (i32.const 3))
     (global $nan (mut f64) (f64.const nan:0x4000000000321))
     (global $vector (mut v128) (v128.const i32x4 1 2 3 4))
     (global $step i32 (i32.const 2))
     (data $text "some bytes of a segment")
     (table $t 3 funcref)
     (elem $e func $again)
     (func $again (result i32) (call $ask (global.get $count)))
     (func (export "main") (param i32) (result i32) (local $sum i32)
       (memory.init $text (i32.const 0) (i32.const 0) (i32.const 10))
       (call $note (i32.const 1))
       (drop (memory.grow (i32.const 2)))
       (data.drop $text)
       (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1))
       (elem.drop $e)
       (loop $l
         (global.set $count (i32.add (global.get $count) (global.get $step)))
         (i32.store8 (i32.add (i32.const 100000) (global.get $count)) (call $ask (global.get $count)))
         (memory.init $text (i32.const 0) (i32.const 0) (i32.const 0))
         (local.set $sum (i32.add (local.get $sum) (call_indirect $t (result i32) (i32.const 1))))
         (br_if $l (i32.lt_s (global.get $count) (i32.const 12))))
       (f64.store (i32.const 64) (global.get $nan))
       (v128.store (i32.const 80) (global.get $vector))
       (if (i32.gt_s (local.get $sum) (i32.const 1)) (then
         (memory.init $text (i32.const 0) (i32.const 0) (i32.const 4))))
       (local.get $sum))`,
  ),
  fixture(
    "traps after a call",
    [main(0), main(1)],
    `(memory (export "memory") 1)
     (func $deep (param i32) (result i32)
       (drop (call $ask (local.get 0)))
       (if (result i32) (local.get 0)
         (then (i32.div_s (i32.const 1) (i32.sub (local.get 0) (i32.const 1))))
         (else (unreachable))))
     (func (export "main") (param i32) (result i32)
       (i32.store (i32.const 4) (i32.const 77))
       (i32.add (i32.const 1) (call $deep (local.get 0))))`,
  ),
  fixture(
    "code that is never reached",
    [main(3)],
    `(func (export "main") (param i32) (result i32)
       (block $b (result i32)
         (br $b (call $ask (local.get 0)))
         (drop)
         (i32.add (call $ask (i32.const 1)))
         (loop (result i32) (br 0 (call $ask (i32.const 2))))
         (drop)))`,
  ),
  modernFixture(
    "exceptions around calls",
    [main(0), main(1), main(2)],
    `(tag $e (param i32 i64)) (tag $f)
     (func $thrower (param i32)
       (call $note (local.get 0))
       (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $e (call $ask (i32.const 4)) (i64.const 9))))
       (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $f)))
       (call $note (i32.const 99)))
     (func (export "main") (param $n i32) (result i32) (local $x i32) (local $y i64)
       (block $done (result i32)
         (block $all
           (block $caught (result i32 i64)
             (try_table (catch $e $caught) (catch_all $all)
               (call $note (i32.const 50))
               (call $thrower (local.get $n))
               (local.set $x (call $ask (i32.const 51))))
             (br $done (call $ask (local.get $x))))
           (local.set $y)
           (br $done (i32.add (call $ask (i32.const 2)) (i32.wrap_i64 (local.get $y))) ))
         (call $ask (i32.const 77))))`.replace(
      "(br $done (i32.add (call $ask (i32.const 2)) (i32.wrap_i64 (local.get $y))) )",
      "(local.set $x) (br $done (i32.add (local.get $x) (i32.add (call $ask (i32.const 2)) (i32.wrap_i64 (local.get $y)))))",
    ),
  ),
  modernFixture(
    "an exception held while the handler calls",
    [main(0), main(1), main(2), main(3)],
    `(tag $e (param i32 f64)) (tag $f (param i64))
     (func $thrower (param i32)
       (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $e (call $ask (i32.const 4)) (f64.const 2.5))))
       (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $f (i64.const 5)))))
     (func $cleanup (param i32) (local $x exnref)
       (block $out
         (local.set $x
           (block $all (result exnref)
             (try_table (catch_all_ref $all) (call $thrower (local.get 0)))
             (br $out)))
         (call $note (i32.const 1))
         (throw_ref (local.get $x))))
     (func (export "main") (param $n i32) (result i64) (local $d f64)
       (block $f (result i64)
         (block $e (result i32 f64)
           (try_table (catch $e $e) (catch $f $f) (call $cleanup (local.get $n)))
           (return (call $wide (i64.const 3))))
         (local.set $d)
         (return (i64.add (i64.extend_i32_s) (call $wide (i64.trunc_sat_f64_s (local.get $d))))))
       (return (call $wide)))`
      .replace(
        "(i64.add (i64.extend_i32_s) (call",
        "(i64.add (i64.extend_i32_s (local.get $n)) (call",
      )
      .replace("(local.set $d)", "(local.set $d) (local.set $n)")
      .replace("(return (call $wide))", "(local.set $l) (return (call $wide (local.get $l)))")
      .replace("(local $d f64)", "(local $d f64) (local $l i64)"),
  ),
  fixture(
    "old exceptions: catch, catch_all, rethrow",
    [main(0), main(1), main(2), main(3)],
    `(tag $e (param i32 i64)) (tag $f)
     (func $thrower (param i32)
       (call $note (local.get 0))
       (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $e (call $ask (i32.const 4)) (i64.const 9))))
       (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $f)))
       (if (i32.eq (local.get 0) (i32.const 3)) (then (unreachable))))
     (func $cleanup (param i32)
       try
         (call $thrower (local.get 0))
       catch_all
         (call $note (i32.const 70))
         rethrow 0
       end
       (call $note (i32.const 71)))
     (func (export "main") (param $n i32) (result i32) (local $turns i32)
       loop $again (result i32)
         try (result i32)
           (call $cleanup (local.get $n))
           (call $ask (i32.const 5))
         catch $e
           i32.wrap_i64
           i32.add
           (local.set $n (i32.const 2))
           (call $ask (i32.const 6))
           i32.add
           (br_if 0 (i32.gt_s (local.tee $turns (i32.add (local.get $turns) (i32.const 1))) (i32.const 1)))
           drop
           br $again
         catch $f
           (local.set $n (i32.const 1))
           (call $note (local.get $turns))
           (br_if $again (i32.lt_s (local.tee $turns (i32.add (local.get $turns) (i32.const 1))) (i32.const 3)))
           (call $ask (i32.const 7))
         end
       end)`,
  ),
  fixture(
    "old exceptions: delegate to a handler further out, and to the caller",
    [main(0), main(1)],
    `(tag $e (param i32))
     (func $thrower (param i32)
       (call $note (i32.const 1))
       (throw $e (local.get 0)))
     (func $passing (param i32) (result i32)
       try (result i32)
         try (result i32)
           (call $thrower (local.get 0))
           (call $ask (i32.const 2))
         delegate 1
       catch_all
         (call $ask (i32.const 1000))
       end)
     (func (export "main") (param $n i32) (result i32)
       try $outer (result i32)
         try $middle (result i32)
           block $b (result i32)
             try (result i32)
               (call $note (i32.const 3))
               (if (local.get $n) (then (call $thrower (i32.const 40))))
               (call $passing (i32.const 30))
             delegate $outer
           end
         catch_all
           (call $ask (i32.const 2000))
         end
       catch $e
         (call $ask)
       end)`,
  ),
  fixture(
    "old exceptions: a try with parameters",
    [main(0), main(1)],
    `(tag $e (param i32))
     (func (export "main") (param $n i32) (result i32)
       i32.const 3
       local.get $n
       try (param i32 i32) (result i32)
         (if (call $ask (local.get $n)) (then (if (local.get $n) (then (throw $e (i32.const 8))))))
         call $ask
         i32.add
       catch $e
         call $ask
       end)`,
  ),
];
