// Bulk operations above the limit are split, and nobody can tell but by the fuel they use.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assemble, call, instantiateFuelled } from "./wat-fixture.ts";
import { insertFuel } from "./fuel.ts";
import { memoryChunkBytes, tableChunkElements } from "./fuel-helper.ts";
import { readBinary, readDeclarations } from "../binary/index.ts";
import type { FuelledInstance } from "./wat-fixture.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261120);
const pages = 8;
const memoryBytes = pages * 65536;
const tableSize = 20000;
const segmentBytes = 3 * memoryChunkBytes;

const segment = Array.from({ length: segmentBytes / 16 }, (_, k) =>
  (k * 2654435761).toString(16).padStart(16, "0").slice(-16),
).join("");
const functions = Array.from(
  { length: 50 },
  (_, k) => `(func $f${k} (result i32) (i32.const ${k}))`,
);
const elements = Array.from({ length: 9000 }, (_, k) => `$f${k % 50}`).join(" ");

const bytes = assemble(`(module
  (memory (export "memory") ${pages})
  (memory $other (export "other") ${pages})
  (table $t (export "table") ${tableSize} funcref)
  (table $u ${tableSize} funcref)
  (data $segment "${segment}")
  (elem $elements func ${elements})
  ${functions.join("\n")}
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copyOther") (param i32 i32 i32)
    (memory.copy $other 0 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $segment (local.get 0) (local.get 1) (local.get 2)))
  (func (export "tableCopy") (param i32 i32 i32)
    (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "tableInit") (param i32 i32 i32)
    (table.init $t $elements (local.get 0) (local.get 1) (local.get 2)))
  (func (export "tableFill") (param i32 i32 i32)
    (table.fill $t (local.get 0) (table.get $t (local.get 1)) (local.get 2)))
  (func (export "at") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0))))`);

const originalModule = new WebAssembly.Module(bytes);
const binary = readBinary(bytes);
const preparedModule = new WebAssembly.Module(insertFuel(binary, readDeclarations(binary)));

interface Pair {
  readonly original: WebAssembly.Instance;
  readonly prepared: FuelledInstance;
}

function pair(): Pair {
  const original = new WebAssembly.Instance(originalModule);
  const prepared = instantiateFuelled(preparedModule, 1000);
  for (const instance of [original, prepared.instance]) {
    call(instance, "init", 0, 0, segmentBytes);
    call(instance, "init", 250_000, 100, segmentBytes - 100);
    call(instance, "tableInit", 0, 0, 9000);
    call(instance, "tableInit", 9500, 7, 8900);
  }
  return { original, prepared };
}

function memoryOf(instance: WebAssembly.Instance, name: string): Buffer {
  return Buffer.from((instance.exports[name] as WebAssembly.Memory).buffer as ArrayBuffer);
}

function tableOf(instance: WebAssembly.Instance): unknown[] {
  const table = instance.exports["table"] as WebAssembly.Table;
  return Array.from({ length: tableSize }, (_, index) => {
    const entry = table.get(index) as (() => number) | null;
    return entry === null ? null : entry();
  });
}

function expectSame({ original, prepared }: Pair): void {
  for (const name of ["memory", "other"]) {
    expect(memoryOf(prepared.instance, name).equals(memoryOf(original, name))).toBe(true);
  }
}

// Sizes and places close to the chunk size, the end of memory and the end of the address space.
const near = (...points: number[]): fc.Arbitrary<number> =>
  fc
    .tuple(fc.constantFrom(...points), fc.integer({ min: -40, max: 40 }))
    .map(([point, delta]) => (point + delta) >>> 0);
const place = fc.oneof(fc.nat(memoryBytes), near(0, memoryChunkBytes, memoryBytes, 0xffffffff));
const size = fc.oneof(
  fc.nat(memoryBytes),
  near(0, memoryChunkBytes, 2 * memoryChunkBytes, segmentBytes, memoryBytes, 0xffffffff),
);
const tablePlace = fc.oneof(fc.nat(tableSize), near(0, tableSize, 0xffffffff));
const tableCount = fc.oneof(
  fc.nat(tableSize),
  near(0, tableChunkElements, 2 * tableChunkElements, 9000, tableSize),
);

describe(`split bulk operations (seed ${seed})`, () => {
  it("leave memory as the whole operation would, and trap with the same words", () => {
    const operation = fc.constantFrom("copy", "copyOther", "fill", "init");
    const both = pair();
    fc.assert(
      fc.property(operation, place, place, size, (name, to, from, count) => {
        const outcome = call(both.prepared.instance, name, to, from, count);
        expect(outcome).toEqual(call(both.original, name, to, from, count));
        expectSame(both);
      }),
      { seed, numRuns: 400 },
    );
  });

  it("leave tables as the whole operation would, and trap with the same words", () => {
    const operation = fc.constantFrom("tableCopy", "tableInit", "tableFill");
    const both = pair();
    fc.assert(
      fc.property(operation, tablePlace, tablePlace, tableCount, (name, to, from, count) => {
        const outcome = call(both.prepared.instance, name, to, from, count);
        expect(outcome).toEqual(call(both.original, name, to, from, count));
        expect(tableOf(both.prepared.instance)).toEqual(tableOf(both.original));
      }),
      { seed, numRuns: 60 },
    );
  });

  it("give the kernel a turn in the middle", () => {
    const { prepared } = pair();
    const before = prepared.preemptions();
    call(prepared.instance, "copy", 1, 0, memoryBytes - 1);
    expect(prepared.preemptions() - before).toBeGreaterThanOrEqual(pages - 1);
    call(prepared.instance, "tableCopy", 1, 0, tableSize - 1);
    expect(prepared.preemptions() - before).toBeGreaterThanOrEqual(pages - 1 + 4);
  });

  it("charge small copies by their size, so that many of them are noticed", () => {
    const { prepared } = pair();
    const fuel = prepared.instance.exports["shoal_fuel"] as WebAssembly.Global;
    fuel.value = 10_000;
    call(prepared.instance, "copy", 0, 100_000, 16_000);
    expect(fuel.value).toBe(9_000);
  });

  it("work on memories with 64-bit addresses", () => {
    const text = `(module (memory (export "memory") i64 ${pages})
      (func (export "fill") (param i64 i32 i64)
        (memory.fill (local.get 0) (local.get 1) (local.get 2)))
      (func (export "copy") (param i64 i64 i64)
        (memory.copy (local.get 0) (local.get 1) (local.get 2))))`;
    const wide = readBinary(assemble(text));
    const module = new WebAssembly.Module(insertFuel(wide, readDeclarations(wide)));
    const { instance, preemptions } = instantiateFuelled(module, 1000);
    call(instance, "fill", 0n, 7, 200_000n);
    call(instance, "copy", 100n, 0n, 200_000n);
    expect(memoryOf(instance, "memory").subarray(0, 200_101)).toEqual(
      Buffer.concat([Buffer.alloc(200_100, 7), Buffer.alloc(1)]),
    );
    expect(preemptions()).toBeGreaterThan(4);
    const trap = { trap: "memory access out of bounds" };
    expect(call(instance, "copy", 0n, -1n, 100_000n)).toEqual(trap);
  });
});
