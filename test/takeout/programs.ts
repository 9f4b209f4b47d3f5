// The programs that are stopped.
import { prepareModule, type PreparedModule } from "../../src/process/wasm/index.ts";
import { assembleWat } from "../support/wat.ts";

export type Level = "none" | "checkpoint" | "preempt";

export async function prepareAt(level: Level, text: string): Promise<PreparedModule> {
  const capture = level === "none" ? "none" : "unwind";
  return prepareModule(await assembleWat(text), { fuel: level === "preempt", capture });
}

/**
 * Makes the calls it is told to, each some frames deep, and counts what its frames have kept. Another
 * number of frames may be in its word 1.
 */
export const caller = `(module
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (memory (export "memory") 1 2)
  (global $met (mut i64) (i64.const 0))
  (func $deep (param $n i32) (param $at i32) (result i32) (local $kept f64)
    (local.set $kept (f64.add (f64.convert_i32_s (local.get $n)) (f64.const 0.5)))
    (global.set $met (i64.add (global.get $met) (i64.const 1)))
    (if (i32.eqz (local.get $n)) (then (return (call $syscall (local.get $at)))))
    (i32.add
      (i32.trunc_f64_s (f64.mul (local.get $kept) (f64.const 2)))
      (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get $at))))
  (func (export "_start") (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (if (i32.lt_u (local.get $i) (i32.load (i32.const 0))) (then
        (local.set $sum (i32.add (local.get $sum) (call $deep
          (i32.add (i32.const 6) (i32.load (i32.const 4)))
          (i32.add (i32.const 64) (i32.shl (local.get $i) (i32.const 6))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next))))
    (i32.add (local.get $sum) (i32.wrap_i64 (global.get $met)))))`;

/** Makes all its calls in one frame, some frames deep: what was put back once is what is taken out next. */
export const looper = `(module
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (memory (export "memory") 1 2)
  (func $all (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (i32.add
        (call $syscall (i32.add (i32.const 64) (i32.shl (local.get $i) (i32.const 6))))
        (i32.load (i32.add (i32.const 88) (i32.shl (local.get $i) (i32.const 6)))))))
      (br_if $next (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.load (i32.const 0)))))
    (local.get $sum))
  (func $deep (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (call $all))))
    (i32.add (local.get $n) (call $deep (i32.sub (local.get $n) (i32.const 1)))))
  (func (export "_start") (result i32) (call $deep (i32.const 9))))`;

/** Computes for several slices, without a call. */
export const computer = `(module
  (memory (export "memory") 1 2)
  (func $mix (param $x i32) (result i32)
    (i32.xor (i32.mul (local.get $x) (i32.const 0x5bd1e995)) (i32.shr_u (local.get $x) (i32.const 13))))
  (func (export "_start") (result i32) (local $i i32) (local $x i32)
    (local.set $x (i32.const 1))
    (loop $again
      (local.set $x (call $mix (i32.add (local.get $x) (local.get $i))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 400000))))
    (i32.and (local.get $x) (i32.const 0x7fff))))`;

/** Waits in its start function, with an active and a passive segment of which it drops one; then again. */
export const starter = `(module
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (memory (export "memory") 1 2)
  (table 2 4 funcref)
  (elem (i32.const 0) $one $two)
  (data $first (i32.const 1024) "active")
  (data $kept "passive")
  (data $dropped "gone")
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (func $begin
    (i32.store8 (i32.const 1024) (i32.const 90))
    (table.set 0 (i32.const 0) (table.get 0 (i32.const 1)))
    (data.drop $dropped)
    (drop (call $syscall (i32.const 64))))
  (start $begin)
  (func (export "_start") (result i32)
    (memory.init $kept (i32.const 2048) (i32.const 0) (i32.const 7))
    (drop (call $syscall (i32.const 128)))
    (memory.init $dropped (i32.const 0) (i32.const 0) (i32.const 0))
    (i32.add
      (i32.add (i32.load8_u (i32.const 1024)) (i32.load8_u (i32.const 2048)))
      (i32.mul (i32.const 1000) (call_indirect (result i32) (i32.const 0))))))`;

/** Traps after its call, some frames deep. */
export const trapper = `(module
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (memory (export "memory") 1 2)
  (func $inner (result i32) (drop (call $syscall (i32.const 64))) (i32.load (i32.const -4)))
  (func (export "_start") (result i32) (i32.add (call $inner) (i32.const 1))))`;
