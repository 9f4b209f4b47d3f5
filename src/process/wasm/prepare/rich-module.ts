// Test support: one module that has every kind of section, so that a mutation of it can break
// anything.
import { assemble } from "./wat-fixture.ts";

export const richModule = assemble(`
(module $rich
  (type $unary (func (param i32) (result i32)))
  (import "env" "log" (func $log (param i32)))
  (import "env" "base" (global $base i32))
  (memory $memory (export "memory") 1 4)
  (table $table (export "table") 8 funcref)
  (tag $oops (param i32))
  (global $counter (mut i32) (i32.const 5))
  (global $reference funcref (ref.func $double))
  (export "double" (func $double))
  (export "sum" (func $sum))
  (export "fibonacci" (func $fibonacci))
  (export "choose" (func $choose))
  (export "catch" (func $catch))
  (export "vector" (func $vector))
  (start $begin)
  (elem (i32.const 0) $double $square $fibonacci)
  (elem $passive func $double $square)
  (elem (table $table) (i32.const 4) funcref (ref.func $square) (ref.null func))
  (func $begin (global.set $counter (i32.const 7)))
  (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
  (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
  (func $sum (param $n i32) (result i32) (local $total i32)
    (loop $next
      (local.set $total (i32.add (local.get $total) (call $double (local.get $n))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $total))
  (func $fibonacci (type $unary)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fibonacci (i32.sub (local.get 0) (i32.const 1)))
        (call $fibonacci (i32.sub (local.get 0) (i32.const 2)))))))
  (func $choose (param i32 i32) (result i32)
    (table.init $passive (i32.const 5) (i32.const 0) (i32.const 2))
    (call_indirect (type $unary) (local.get 1) (local.get 0)))
  (func (export "throughGlobal") (param i32) (result i32)
    (table.set $table (i32.const 3) (global.get $reference))
    (call_indirect (type $unary) (local.get 0) (i32.const 3)))
  (func (export "throughReference") (param i32) (result i32)
    (table.set $table (i32.const 3) (ref.func $square))
    (call_indirect (type $unary) (local.get 0) (i32.const 3)))
  (func $catch (param i32) (result i32)
    (try (result i32)
      (do (throw $oops (local.get 0)))
      (catch $oops (i32.add (i32.const 1)))))
  (func $vector (result f64)
    (memory.fill (i32.const 64) (i32.const 1) (i32.const 32))
    (f64x2.extract_lane 1 (f64x2.add
      (v128.const f64x2 1.5 2.5)
      (f64x2.splat (f64.load (i32.const 8))))))
  (data (i32.const 8) "\\00\\00\\00\\00\\00\\00\\f0\\3f")
  (data $later "shoal"))
`);

export const richImports = { env: { log: (): void => {}, base: 3 } };
