// The module of a frame store, written out by hand.
import { ByteWriter, Opcode } from "../binary/index.ts";

/** Names of its exports. */
export const storeExports = {
  saveFrame: "saveFrame",
  saveI32: "saveI32",
  saveFourI32: "saveFourI32",
  saveI64: "saveI64",
  saveF32: "saveF32",
  saveF64: "saveF64",
  saveV128: "saveV128",
  saveFunction: "saveFunction",
  saveExternal: "saveExternal",
  takeI32: "takeI32",
  takeI64: "takeI64",
  takeF32: "takeF32",
  takeF64: "takeF64",
  takeV128: "takeV128",
  takeFunction: "takeFunction",
  takeExternal: "takeExternal",
} as const;

/** The saving functions in the order of `SaveKind`. */
export const saveNames = [
  storeExports.saveFrame,
  storeExports.saveI32,
  storeExports.saveFourI32,
  storeExports.saveI64,
  storeExports.saveF32,
  storeExports.saveF64,
  storeExports.saveV128,
  storeExports.saveFunction,
  storeExports.saveExternal,
];

/** The functions that values are taken with, in the order in which modules import them. */
export const takers = [
  storeExports.takeI32,
  storeExports.takeI64,
  storeExports.takeF32,
  storeExports.takeF64,
  storeExports.takeV128,
  storeExports.takeFunction,
  storeExports.takeExternal,
] as const;

type StoreFunctions = Readonly<Record<keyof typeof storeExports, WebAssembly.ExportValue>>;

export interface StoreExports extends StoreFunctions {
  readonly memory: WebAssembly.Memory;
  readonly position: { value: number };
}

/** The deepest stack an engine allows has frames for a few megabytes. */
const pagesMax = 4096;

const i32 = 0x7f;
const i64 = 0x7e;
const f32 = 0x7d;
const f64 = 0x7c;
const v128 = 0x7b;
const funcref = 0x70;
const externref = 0x6f;

/** What each of `takers` results in. */
export const takerResults = [i32, i64, f32, f64, v128, funcref, externref];

interface Plain {
  readonly save: string;
  readonly take: string;
  readonly type: number;
  readonly bytes: number;
  readonly store: readonly number[];
  readonly load: readonly number[];
}

const plain: readonly Plain[] = [
  { save: "saveI32", take: "takeI32", type: i32, bytes: 4, store: [0x36], load: [0x28] },
  { save: "saveI64", take: "takeI64", type: i64, bytes: 8, store: [0x37], load: [0x29] },
  { save: "saveF32", take: "takeF32", type: f32, bytes: 4, store: [0x38], load: [0x2a] },
  { save: "saveF64", take: "takeF64", type: f64, bytes: 8, store: [0x39], load: [0x2b] },
  { save: "saveV128", take: "takeV128", type: v128, bytes: 16, store: [0xfd, 11], load: [0xfd, 0] },
];

interface StoreFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly results: readonly number[];
  readonly code: Uint8Array;
}

/** Function indices of the imports, and of the functions that others call. */
const functionNumber = 0;
const functionAt = 1;
const externalNumber = 2;
const externalAt = 3;
const room = 4;
const saveI32 = 5;
const takeI32 = 6;
const position = 0;

const importTypes: readonly (readonly [string, number, number])[] = [
  ["functionNumber", funcref, i32],
  ["functionAt", i32, funcref],
  ["externalNumber", externref, i32],
  ["externalAt", i32, externref],
];

export function frameStoreModule(): Uint8Array<ArrayBuffer> {
  const functions = [makeRoom(), ...plain.flatMap(plainFunctions), ...compoundFunctions()];
  const out = new ByteWriter(2048).raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const section = (id: number, entries: readonly ByteWriter[]): void => {
    const body = new ByteWriter(1024).u32(entries.length);
    for (const entry of entries) body.raw(entry.view());
    out.u8(id).sized(body.view());
  };
  section(1, [
    ...importTypes.map(([, parameter, result]) => functionType([parameter], [result])),
    ...functions.map(({ parameters, results }) => functionType(parameters, results)),
  ]);
  section(
    2,
    importTypes.map(([name], index) => new ByteWriter().name("store").name(name).u8(0).u32(index)),
  );
  section(
    3,
    functions.map((_, index) => new ByteWriter(8).u32(importTypes.length + index)),
  );
  section(5, [new ByteWriter(8).u8(1).u32(1).u32(pagesMax)]);
  section(6, [new ByteWriter(8).u8(i32).u8(1).u8(Opcode.i32Const).s32(0).u8(Opcode.end)]);
  section(7, [
    new ByteWriter().name("memory").u8(2).u32(0),
    new ByteWriter().name("position").u8(3).u32(position),
    ...functions.map(({ name }, index) =>
      new ByteWriter()
        .name(name)
        .u8(0)
        .u32(importTypes.length + index),
    ),
  ]);
  section(
    10,
    functions.map(({ code }) =>
      new ByteWriter(64)
        .u32(code.length + 2)
        .u8(0)
        .raw(code)
        .u8(Opcode.end),
    ),
  );
  return out.finish();
}

function functionType(parameters: readonly number[], results: readonly number[]): ByteWriter {
  const out = new ByteWriter(16).u8(0x60).u32(parameters.length).raw(parameters);
  return out.u32(results.length).raw(results);
}

/** Grows the memory unless there is room for any one value; traps when there can be no more. */
function makeRoom(): StoreFunction {
  const out = new ByteWriter(64);
  out.u8(Opcode.globalGet).u32(position).u8(Opcode.i32Const).s32(64).u8(i32Add);
  out.u8(0x3f).u8(0).u8(Opcode.i32Const).s32(16).u8(i32ShiftLeft).u8(0x4b); // i32.gt_u
  out.u8(Opcode.if).u8(0x40);
  out.u8(Opcode.i32Const).s32(4).u8(0x40).u8(0).u8(Opcode.i32Const).s32(-1).u8(0x46);
  out.u8(Opcode.if).u8(0x40).u8(0x00).u8(Opcode.end);
  out.u8(Opcode.end);
  return { name: "room", parameters: [], results: [], code: out.finish() };
}

const i32Add = 0x6a;
const i32ShiftLeft = 0x74;

function plainFunctions(one: Plain): StoreFunction[] {
  const save = new ByteWriter(32).u8(Opcode.call).u32(room);
  save.u8(Opcode.globalGet).u32(position).u8(Opcode.localGet).u32(0);
  save.raw(one.store).u8(0).u8(0);
  advance(save, one.bytes);
  const take = new ByteWriter(32).u8(Opcode.globalGet).u32(position);
  take.raw(one.load).u8(0).u8(0);
  advance(take, one.bytes);
  return [
    { name: one.save, parameters: [one.type], results: [], code: save.finish() },
    { name: one.take, parameters: [], results: [one.type], code: take.finish() },
  ];
}

function advance(out: ByteWriter, byteCount: number): void {
  out.u8(Opcode.globalGet).u32(position).u8(Opcode.i32Const).s32(byteCount).u8(i32Add);
  out.u8(Opcode.globalSet).u32(position);
}

function compoundFunctions(): StoreFunction[] {
  return [
    saveMany("saveFrame", 2),
    saveMany("saveFourI32", 4),
    saveReference("saveFunction", funcref, functionNumber),
    saveReference("saveExternal", externref, externalNumber),
    takeReference("takeFunction", funcref, functionAt),
    takeReference("takeExternal", externref, externalAt),
  ];
}

function saveMany(name: string, count: number): StoreFunction {
  const out = new ByteWriter(32);
  for (let index = 0; index < count; index++) {
    out.u8(Opcode.localGet).u32(index).u8(Opcode.call).u32(saveI32);
  }
  const parameters = Array.from({ length: count }, () => i32);
  return { name, parameters, results: [], code: out.finish() };
}

function saveReference(name: string, type: number, numberOf: number): StoreFunction {
  const out = new ByteWriter(16).u8(Opcode.localGet).u32(0);
  out.u8(Opcode.call).u32(numberOf).u8(Opcode.call).u32(saveI32);
  return { name, parameters: [type], results: [], code: out.finish() };
}

function takeReference(name: string, type: number, referenceAt: number): StoreFunction {
  const out = new ByteWriter(16).u8(Opcode.call).u32(takeI32).u8(Opcode.call).u32(referenceAt);
  return { name, parameters: [], results: [type], code: out.finish() };
}
