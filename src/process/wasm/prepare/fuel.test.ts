// A program with fuel computes exactly what it did, and cannot keep the kernel waiting.
import { describe, expect, it } from "vitest";
import { assemble, call, fuelOf, instantiateFuelled } from "./wat-fixture.ts";
import { insertFuel } from "./fuel.ts";
import { ByteReader, findCustomSection, readBinary, readDeclarations } from "../binary/index.ts";
import { scanCode } from "./fuel-scan.ts";
import { richImports, richModule } from "./rich-module.ts";

function fuelled(bytes: Uint8Array): WebAssembly.Module {
  const binary = readBinary(bytes);
  return new WebAssembly.Module(insertFuel(binary, readDeclarations(binary)));
}

class OutOfFuel extends Error {}

/** Runs with so much fuel and no refill; tells whether the kernel got its turn. */
function isStopped(text: string, fuel: number, name: string, ...values: unknown[]): boolean {
  const preempt = (): never => {
    throw new OutOfFuel();
  };
  const instance = new WebAssembly.Instance(fuelled(assemble(text)), { shoal: { preempt } });
  fuelOf(instance).value = fuel;
  try {
    call(instance, name, ...values);
    return false;
  } catch (error) {
    if (error instanceof OutOfFuel) return true;
    throw error;
  }
}

describe("a program that does not end by itself", () => {
  it.each([
    ["an empty loop", `(func (export "run") (loop $l (br $l)))`],
    ["recursion", `(func $run (export "run") (call $run) (call $run))`],
    ["a tail call to itself", `(func $run (export "run") (return_call $run))`],
    [
      "mutual recursion through a table",
      `(table funcref (elem $a $b))
       (func $a (export "run") (call_indirect (i32.const 1)))
       (func $b (call_indirect (i32.const 0)))`,
    ],
    [
      "recursion of three functions",
      `(func $a (export "run") (call $b) (call $b)) (func $b (call $c)) (func $c (call $a))`,
    ],
    [
      "a tail call in a circle",
      `(func $a (export "run") (return_call $b)) (func $b (return_call $a))`,
    ],
    [
      "a tail call through a table, of a function that is named by nothing but a reference",
      `(table $t 1 funcref) (elem declare func $b)
       (func (export "run") (table.set (i32.const 0) (ref.func $b)) (call $b))
       (func $b (return_call_indirect (i32.const 0)))`,
    ],
    [
      "recursion behind a call that never returns",
      `(func $a (export "run") (call $b) (unreachable)) (func $b (return_call $a))`,
    ],
    [
      "a loop of which one way, hardly ever taken, calls nothing",
      `(global $g (mut i32) (i32.const 0)) (func $count (global.set $g (i32.const 1)))
       (func (export "run") (loop $l
         (br_if $l (global.get $g)) (call $count) (br $l)))`,
    ],
    [
      "a loop in a function without calls",
      `(func $spin (loop $l (br $l))) (func (export "run") (call $spin))`,
    ],
    [
      "calls of a function that never fills a strip",
      `(func $few (local i32) (loop $l
         (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 9)))))
       (func (export "run") (loop $l (call $few) (br $l)))`,
    ],
    ["a loop of a result", `(func (export "run") (drop (loop $l (result i32) (br $l))))`],
    [
      "a loop inside a branch inside a block",
      `(func (export "run") (block $b (loop $l (br_if $l (i32.const 1)) (br $b))))`,
    ],
  ])("%s gives the kernel its turn", (_, body) => {
    expect(isStopped(`(module ${body})`, 1000, "run")).toBe(true);
  });

  it("that copies a gigabyte piece by piece gives the kernel its turn before the end", () => {
    const body = `(memory 512) (func (export "run") (param i32)
      (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))`;
    expect(isStopped(`(module ${body})`, 4000, "run", 1 << 25)).toBe(true);
    expect(isStopped(`(module ${body})`, 1 << 30, "run", 1 << 25)).toBe(false);
  });

  it("that makes exponentially many calls without a loop gives the kernel its turn", () => {
    const levels = Array.from(
      { length: 24 },
      (_, k) => `(func $f${k + 1} (call $f${k}) (call $f${k}))`,
    );
    const body = `(func $f0) ${levels.join("\n")} (func (export "run") (call $f24))`;
    expect(isStopped(`(module ${body})`, 1000, "run")).toBe(true);
  });

  it("asks again at every check until it is given fuel", () => {
    const text = `(module (func (export "run") (param i32) (loop $l
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`;
    const { instance, preemptions } = instantiateFuelled(fuelled(assemble(text)), 99);
    call(instance, "run", 1024);
    // Taken in strips of 32 turns, of which every fourth uses up what there is.
    expect(preemptions()).toBe(8);
  });
});

describe("a program with fuel", () => {
  const original = new WebAssembly.Instance(new WebAssembly.Module(richModule), richImports);
  const module = fuelled(richModule);

  it.each([
    ["double", 21],
    ["sum", 1000],
    ["fibonacci", 15],
    ["choose", 0, 9],
    ["choose", 1, 9],
    ["choose", 4, 9],
    ["choose", 6, 9],
    ["choose", 7, 9],
    ["choose", 100, 9],
    ["throughGlobal", 13],
    ["throughReference", 13],
    ["catch", 41],
    ["vector"],
  ] as [string, ...number[]][])("answers %s(%i, %i) as before", (name, ...values) => {
    const { instance } = instantiateFuelled(module, 10, richImports);
    expect(call(instance, name, ...values)).toEqual(call(original, name, ...values));
  });

  it("leaves loops that are counted in strips by every label as before", () => {
    const text = `(module (func (export "run") (param $n i32) (result i32) (local $sum i32)
      (block $end
        (loop $outer
          (block $behind
            (drop (loop $inner (result i32)
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (br_if $end (i32.eqz (local.get $n)))
              (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (local.get $n)))
              (block $here
                (br_table $here $inner $behind $outer $inner
                  (i32.rem_u (local.get $n) (i32.const 5))))
              (if (i32.and (local.get $sum) (i32.const 64)) (then (br $outer)))
              (local.get $sum))))
          (local.set $sum (i32.add (local.get $sum) (i32.const 7)))
          (br $outer)))
      (local.get $sum))
      (func (export "once") (param $n i32) (result i32) (loop (result i32) (local.get $n))))`;
    const plain = new WebAssembly.Instance(new WebAssembly.Module(assemble(text)));
    const { instance, preemptions } = instantiateFuelled(fuelled(assemble(text)), 10);
    for (const turns of [1, 2, 31, 32, 33, 1000]) {
      expect(call(instance, "run", turns)).toEqual(call(plain, "run", turns));
    }
    expect(call(instance, "once", 5)).toEqual(call(plain, "once", 5));
    expect(preemptions()).toBeGreaterThan(20);
  });

  it("exports what it did and the counter, and imports what it did and the preemption call", () => {
    const before = WebAssembly.Module.exports(new WebAssembly.Module(richModule));
    expect(WebAssembly.Module.exports(module)).toEqual([
      ...before,
      { name: "shoal_fuel", kind: "global" },
    ]);
    expect(WebAssembly.Module.imports(module).at(-1)).toEqual({
      module: "shoal",
      name: "preempt",
      kind: "function",
    });
  });

  it("keeps the names of its functions in the stack of a trap", () => {
    const text = `(module (func $inner (unreachable)) (func $outer (export "run") (call $inner)))`;
    const { instance } = instantiateFuelled(fuelled(assemble(text)), 10);
    let stack = "";
    try {
      (instance.exports["run"] as () => void)();
    } catch (error) {
      stack = (error as Error).stack ?? "";
    }
    expect(stack).toMatch(/inner[\s\S]*outer/);
  });

  it("tells the engine that each check's branch is unlikely, at the place where it stands", () => {
    const original = readBinary(richModule);
    const binary = readBinary(insertFuel(original, readDeclarations(original)));
    const section = findCustomSection(binary, "metadata.code.branch_hint");
    const hints = new ByteReader(binary.bytes, section?.bodyStart, section?.end);
    const declarations = readDeclarations(binary);
    const { bodies } = scanCode(binary, declarations);
    let branches = 0;
    for (let left = hints.u32(); left > 0; left--) {
      const body = bodies[hints.u32() - declarations.importedCounts.function];
      for (let count = hints.u32(); count > 0; count--) {
        expect(binary.bytes[body.start + hints.u32()]).toBe(0x04);
        expect([hints.u8(), hints.u8()]).toEqual([1, 0]);
        branches++;
      }
    }
    // The loop of `sum`, and the entries of what recurses, by itself or through the table.
    expect(branches).toBe(4);
    expect(hints.isAtEnd()).toBe(true);
  });

  it("may be empty of functions", () => {
    expect(WebAssembly.Module.exports(fuelled(assemble("(module)")))).toHaveLength(1);
  });

  it("runs a start function that was left in place", () => {
    const text = `(module (global $g (export "g") (mut i32) (i32.const 0))
      (func $unused) (func $go (global.set $g (i32.const 9))) (start $go))`;
    const { instance } = instantiateFuelled(fuelled(assemble(text)), 10);
    expect((instance.exports["g"] as WebAssembly.Global).value).toBe(9);
  });

  it("is the same bytes each time", () => {
    const binary = readBinary(richModule);
    const declarations = readDeclarations(binary);
    expect(insertFuel(binary, declarations)).toEqual(insertFuel(binary, declarations));
  });
});
