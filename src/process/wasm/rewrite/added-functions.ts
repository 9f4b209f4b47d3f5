// The bodies of the functions that are added to a capturable module.
import { ByteWriter, Opcode } from "../binary/index.ts";
import { type Additions, capturedKindCount, isDrop, saveParameters } from "./additions.ts";
import type { SegmentHelper } from "./additions.ts";
import { saveException } from "./exception-saver.ts";
import type { ModuleTypes } from "./module-types.ts";
import { Value, type ValueCode } from "./value-code.ts";

export interface AddedFunction {
  readonly name: string;
  readonly type: number;
  /** Local declarations and code. */
  readonly body: Uint8Array;
}

const kindNames = ["frame", "i32", "i32x4", "i64", "f32", "f64", "v128", "function", "external"];
const tableGrow = 15;
const tableInit = 12;
const bulkPrefix = 0xfc;

/** All of them, in the order of their indices. */
export function addedFunctions(additions: Additions, module: ModuleTypes): AddedFunction[] {
  const functions: AddedFunction[] = [];
  for (let kind = 0; kind < capturedKindCount; kind++)
    functions.push(saveFunction(additions, kind));
  functions.push(saveException(additions, module), fillFunctions(additions));
  for (const helper of additions.segments.values()) {
    functions.push(segmentFunction(additions, module, helper));
  }
  return functions;
}

/** Passes its parameters on to the function of its kind in the table of whoever captures. */
function saveFunction(additions: Additions, kind: number): AddedFunction {
  const type = additions.types.index(saveParameters[kind], []);
  const out = begin();
  pushParameters(out, saveParameters[kind].length);
  out.u8(Opcode.i32Const).s32(kind);
  out.u8(Opcode.callIndirect).u32(type).u32(additions.captureTable);
  return { name: `shoal.save_${kindNames[kind]}`, type, body: end(out) };
}

/** Makes the table of functions as long as it has to be and fills it, once. */
function fillFunctions(additions: Additions): AddedFunction {
  const { functionTable, functionCount, elementSegment } = additions;
  const out = begin();
  out.u8(0xd0).u8(Value.funcref).u8(Opcode.i32Const).s32(functionCount);
  out.u8(bulkPrefix).u32(tableGrow).u32(functionTable).u8(drop);
  out.u8(Opcode.i32Const).s32(0).u8(Opcode.i32Const).s32(0);
  out.u8(Opcode.i32Const).s32(functionCount);
  out.u8(bulkPrefix).u32(tableInit).u32(elementSegment).u32(functionTable);
  const type = additions.types.index([], []);
  return { name: "shoal.fill_functions", type, body: end(out) };
}

function segmentFunction(
  additions: Additions,
  module: ModuleTypes,
  { use, droppedGlobal }: SegmentHelper,
): AddedFunction {
  const { opcode, segment, target } = use;
  const parameters = segmentParameters(module, opcode, target);
  const out = begin();
  pushParameters(out, parameters.length);
  out
    .u8(bulkPrefix)
    .u32(opcode & 0xffff)
    .u32(segment);
  if (!isDrop(opcode)) out.u32(target);
  if (droppedGlobal !== undefined) {
    out.u8(Opcode.i32Const).s32(1).u8(Opcode.globalSet).u32(droppedGlobal);
  }
  const type = additions.types.index(parameters, []);
  return { name: `shoal.segment_${segment}`, type, body: end(out) };
}

export function segmentParameters(
  module: ModuleTypes,
  opcode: number,
  target: number,
): readonly ValueCode[] {
  if (isDrop(opcode)) return [];
  const index =
    opcode === Opcode.memoryInit ? module.memories[target] : module.tables[target]?.index;
  return [index ?? Value.i32, Value.i32, Value.i32];
}

const drop = 0x1a;

function begin(): ByteWriter {
  return new ByteWriter(64).u32(0);
}

function end(out: ByteWriter): Uint8Array {
  return out.u8(Opcode.end).finish();
}

function pushParameters(out: ByteWriter, count: number): void {
  for (let index = 0; index < count; index++) out.u8(Opcode.localGet).u32(index);
}
