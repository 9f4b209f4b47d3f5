// What a function of the program's own module names by number and a continuation cannot: functions and
// segments. It reaches them through the table of all functions that the rewriter added.
import { type ByteWriter, Opcode } from "../binary/index.ts";
import {
  type CaptureSource,
  segmentKey,
  segmentParameters,
  type SegmentUse,
  type TypeList,
} from "../rewrite/index.ts";

const aggregatePrefix = 0xfb;
const castNonNull = 0x16;

export class TableAccess {
  readonly functionTable: number;
  readonly continuationTable: number;
  /** By function index: what an import answers when the call in it is made again. */
  readonly returnTable: number;
  readonly #source: CaptureSource;
  readonly #types: TypeList;

  constructor(source: CaptureSource, types: TypeList) {
    this.#source = source;
    this.#types = types;
    this.functionTable = source.declarations.tables.length;
    this.continuationTable = this.functionTable + 1;
    this.returnTable = this.functionTable + 2;
  }

  /** The call of an import that the stack was taken out of. */
  writeReturn(out: ByteWriter, functionIndex: number): void {
    out.u8(Opcode.i32Const).s32(functionIndex);
    out.u8(Opcode.callIndirect).u32(this.#source.module.functions[functionIndex]);
    out.u32(this.returnTable);
  }

  /** A call of a function of the program, in the given form of indirect call. */
  writeCall(out: ByteWriter, functionIndex: number, indirect: number = Opcode.callIndirect): void {
    const type = this.#source.module.functions[functionIndex];
    this.writeCallOfType(out, functionIndex, type, indirect);
  }

  /** The same of one that the rewriter added. */
  writeCallOfType(
    out: ByteWriter,
    functionIndex: number,
    type: number,
    indirect: number = Opcode.callIndirect,
  ): void {
    out.u8(Opcode.i32Const).s32(functionIndex);
    out.u8(indirect).u32(type).u32(this.functionTable);
  }

  /** A reference to a function, with its own type. */
  writeReference(out: ByteWriter, functionIndex: number): void {
    const { additions, module } = this.#source;
    const target = additions.trampolines.get(functionIndex) ?? functionIndex;
    out.u8(Opcode.i32Const).s32(target).u8(Opcode.tableGet).u32(this.functionTable);
    out.u8(aggregatePrefix).u32(castNonNull).s32(module.functions[functionIndex]);
  }

  writeSegmentUse(out: ByteWriter, use: SegmentUse): void {
    const { additions, module } = this.#source;
    const helper = additions.segments.get(segmentKey(use));
    if (helper === undefined) throw new Error(`Segment ${use.segment} has no function.`);
    const type = this.#types.index(segmentParameters(module, use.opcode, use.target), []);
    this.writeCallOfType(out, helper.functionIndex, type);
  }
}
