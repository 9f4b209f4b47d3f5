// Calls a function of a program with every bit of its numbers kept. JavaScript may quiet a not-a-number
// on its way, and cannot hold a vector at all; so calls with such values go through a small module made for
// the signature, which loads arguments from a memory and stores answers there. References pass as they are.
import {
  ByteWriter,
  encodeFunctionType,
  externalKinds,
  type FunctionType,
  SectionId,
  type ValueType,
} from "../../src/process/wasm/binary/index.ts";
import { type Answer, isNumberType, type NumberType, typed, type Value } from "./value.ts";

type Callable = (...args: unknown[]) => unknown;

/** Bytes that a value has in the memory, whatever its type. */
const cellBytes = 16;

const loads: Readonly<Record<NumberType, readonly number[]>> = {
  i32: [0x28],
  i64: [0x29],
  f32: [0x2a],
  f64: [0x2b],
  v128: [0xfd, 0x00],
};
const stores: Readonly<Record<NumberType, readonly number[]>> = {
  i32: [0x36],
  i64: [0x37],
  f32: [0x38],
  f64: [0x39],
  v128: [0xfd, 0x0b],
};

/** Where arguments and answers lie, one call at a time. */
const cells = new WebAssembly.Memory({ initial: 1 });

/** By signature. */
const modules = new Map<string, WebAssembly.Module>();
/** What calls a function through the cells. */
const runners = new WeakMap<Callable, Callable>();

/** What `called` answers. */
export function exactCall(
  called: Callable,
  signature: FunctionType,
  args: readonly Value[],
): Answer[] {
  const given = args.map((value, index) => typed(value, signature.parameters[index]?.name ?? ""));
  return needsMemory(signature)
    ? callThroughMemory(called, signature, given)
    : answersOf(signature, called(...given.map(asScriptValue)));
}

/** Answers as JavaScript has them, with the types that the signature says. */
export function answersOf({ results }: FunctionType, returned: unknown): Answer[] {
  const values = results.length === 0 ? [] : results.length === 1 ? [returned] : returned;
  return Array.from(values as Iterable<unknown>, (value, index) => {
    const { name } = results[index];
    const isNumber = isNumberType(name);
    return isNumber
      ? typed({ kind: "number", number: value as number | bigint }, name)
      : { kind: "reference", value };
  });
}

/** Whether a signature has values that JavaScript may change or cannot hold. */
export function needsMemory({ parameters, results }: FunctionType): boolean {
  const all = [...parameters, ...results];
  const isDelicate = all.some(({ name }) => name === "f32" || name === "f64" || name === "v128");
  // A reference to a type of the program's own cannot be named by another module.
  return isDelicate && all.every(({ encoded }) => encoded.length === 1);
}

function asScriptValue(value: Answer): unknown {
  if (value.kind === "reference") return value.value;
  const { type, bits } = value;
  if (type === "i32") return Number(BigInt.asIntN(32, bits));
  if (type === "i64") return BigInt.asIntN(64, bits);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits, true);
  return type === "f32" ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

function callThroughMemory(
  called: Callable,
  signature: FunctionType,
  args: readonly Answer[],
): Answer[] {
  const run = runners.get(called) ?? runnerOf(called, signature);
  runners.set(called, run);
  const memory = new DataView(cells.buffer);
  args.forEach((value, index) => value.kind === "bits" && writeCell(memory, index, value.bits));
  const references = args.flatMap((value) => (value.kind === "reference" ? [value.value] : []));
  const returned = run(...references);
  const others = signature.results.filter(isReference).length;
  const rest = others > 1 ? [...(returned as unknown[])] : [returned];
  return signature.results.map(({ name }, index): Answer => {
    if (!isNumberType(name)) return { kind: "reference", value: rest.shift() };
    const width = name === "v128" ? 128 : name.endsWith("32") ? 32 : 64;
    return { kind: "bits", type: name, bits: BigInt.asUintN(width, readCell(memory, index)) };
  });
}

function runnerOf(called: Callable, signature: FunctionType): Callable {
  const key = JSON.stringify([signature.parameters, signature.results].map(namesOf));
  const module = modules.get(key) ?? new WebAssembly.Module(adapter(signature));
  modules.set(key, module);
  const { exports } = new WebAssembly.Instance(module, { program: { called, cells } });
  return exports["run"] as Callable; // made so below
}

function namesOf(types: readonly ValueType[]): string[] {
  return types.map(({ name }) => name);
}

function isReference({ name }: ValueType): boolean {
  return !isNumberType(name);
}

function writeCell(memory: DataView, index: number, bits: bigint): void {
  memory.setBigUint64(index * cellBytes, BigInt.asUintN(64, bits), true);
  memory.setBigUint64(index * cellBytes + 8, BigInt.asUintN(64, bits >> 64n), true);
}

function readCell(memory: DataView, index: number): bigint {
  const high = memory.getBigUint64(index * cellBytes + 8, true);
  return (high << 64n) | memory.getBigUint64(index * cellBytes, true);
}

/** Imports the function and the cells; exports `run`, which takes and answers references. */
function adapter(signature: FunctionType): Uint8Array<ArrayBuffer> {
  const bytesOf = (types: readonly ValueType[]): Uint8Array[] =>
    types.map(({ encoded }) => encoded);
  const { parameters, results } = signature;
  const own = encodeFunctionType(
    bytesOf(parameters.filter(isReference)),
    bytesOf(results.filter(isReference)),
  );
  const called = encodeFunctionType(bytesOf(parameters), bytesOf(results));
  const kind = (name: "function" | "memory"): number => externalKinds.indexOf(name);
  const imports = new ByteWriter().u8(2);
  imports.name("program").name("called").u8(kind("function")).u8(0);
  imports.name("program").name("cells").u8(kind("memory")).u8(0).u8(1);
  const sections: [number, ByteWriter][] = [
    [SectionId.type, new ByteWriter().u8(2).raw(called).raw(own)],
    [SectionId.import, imports],
    [SectionId.function, new ByteWriter().u8(1).u8(1)],
    [SectionId.export, new ByteWriter().u8(1).name("run").u8(kind("function")).u8(1)],
    [SectionId.code, new ByteWriter().u8(1).sized(body(signature))],
  ];
  const out = new ByteWriter(256).raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  for (const [id, section] of sections) out.u8(id).sized(section.view());
  return out.finish();
}

function body({ parameters, results }: FunctionType): Uint8Array {
  const firstLocal = parameters.filter(isReference).length;
  const out = new ByteWriter(256).u32(results.length);
  for (const { encoded } of results) out.u8(1).raw(encoded);
  let reference = 0;
  parameters.forEach(({ name }, index) => {
    if (!isNumberType(name)) return out.u8(0x20).u32(reference++);
    return out
      .u8(0x41)
      .s32(index * cellBytes)
      .raw(loads[name])
      .u8(0)
      .u8(0);
  });
  out.u8(0x10).u32(0);
  for (let index = results.length - 1; index >= 0; index--) out.u8(0x21).u32(firstLocal + index);
  results.forEach(({ name }, index) => {
    if (!isNumberType(name)) return;
    out
      .u8(0x41)
      .s32(index * cellBytes)
      .u8(0x20)
      .u32(firstLocal + index);
    out.raw(stores[name]).u8(0).u8(0);
  });
  results.forEach((type, index) => isReference(type) && out.u8(0x20).u32(firstLocal + index));
  return out.u8(0x0b).finish();
}
