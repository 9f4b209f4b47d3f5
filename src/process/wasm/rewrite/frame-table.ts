// The frame table: what a saved frame of each function holds. It is made with the rewritten module and
// belongs to the image format: with it, frames saved on one engine are read on another.
//
// A frame is a function, the number of the call that it was in, and the values of those of its locals
// that live across calls, in the order of `savedLocals`. The locals behind the call number's own keep operands that
// live across calls; at a given call only those listed for it mean anything.
import { ByteReader, ByteWriter, InvalidModuleError } from "../binary/index.ts";
import type { FrameLocals } from "./frame-layout.ts";
import { readValueCode, type ValueCode, writeValueCode } from "./value-code.ts";

/** Raised whenever the same program would be described, or its frames saved, differently. */
export const frameTableVersion = 2;

export interface CallDescription {
  /** The call goes to the kernel or the host: the innermost frame of a stack ends in one of these. */
  readonly isImport: boolean;
  /** The local of each operand that lives across the call, and of each argument of an import. */
  readonly liveOperands: readonly number[];
}

export interface FunctionFrame extends FrameLocals {
  readonly functionIndex: number;
  /** By call number. */
  readonly calls: readonly CallDescription[];
}

export interface FrameTable {
  readonly version: number;
  /** Payload types of every exception tag, the one that takes stacks out not among them. */
  readonly tags: readonly (readonly ValueCode[])[];
  /** By function index; functions without a frame are absent. */
  readonly functions: ReadonlyMap<number, FunctionFrame>;
}

export function encodeFrameTable(table: FrameTable): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(4096).u32(table.version);
  out.u32(table.tags.length);
  for (const types of table.tags) writeTypes(out, types);
  out.u32(table.functions.size);
  for (const frame of table.functions.values()) writeFunction(out, frame);
  return out.finish();
}

export function decodeFrameTable(bytes: Uint8Array): FrameTable {
  const reader = new ByteReader(bytes);
  const version = reader.u32();
  if (version !== frameTableVersion) {
    throw new InvalidModuleError(
      `its frame table has version ${version}, and this is version ${frameTableVersion}`,
      0,
      "Prepare the program again.",
    );
  }
  const tags = readMany(reader, () => readTypes(reader));
  const frames = readMany(reader, () => readFunction(reader));
  return {
    version,
    tags,
    functions: new Map(frames.map((frame) => [frame.functionIndex, frame])),
  };
}

function readMany<T>(reader: ByteReader, read: () => T): T[] {
  const items: T[] = [];
  for (let left = reader.u32(); left > 0; left--) items.push(read());
  return items;
}

// Runs of one type, as in the local declarations of a body.
function writeTypes(out: ByteWriter, types: readonly ValueCode[]): void {
  const runs = runsOf(types);
  out.u32(runs.length);
  for (const [type, count] of runs) {
    out.u32(count);
    writeValueCode(out, type);
  }
}

export function runsOf(types: readonly ValueCode[]): [type: ValueCode, count: number][] {
  const runs: [ValueCode, number][] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.[0] === type) last[1]++;
    else runs.push([type, 1]);
  }
  return runs;
}

function readTypes(reader: ByteReader): ValueCode[] {
  const types: ValueCode[] = [];
  for (let runs = reader.u32(); runs > 0; runs--) {
    const count = reader.u32();
    const type = readValueCode(reader);
    for (let left = count; left > 0; left--) types.push(type);
  }
  return types;
}

function writeFunction(out: ByteWriter, frame: FunctionFrame): void {
  out.u32(frame.functionIndex);
  writeTypes(out, frame.locals);
  out.u32(frame.callLocal);
  writeAscending(out, frame.liveLocals);
  out.u32(frame.calls.length);
  for (const { isImport, liveOperands } of frame.calls) {
    out.u32(liveOperands.length * 2 + (isImport ? 1 : 0));
    for (const local of liveOperands) out.u32(local);
  }
}

function readFunction(reader: ByteReader): FunctionFrame {
  const functionIndex = reader.u32();
  const locals = readTypes(reader);
  const callLocal = reader.u32();
  const liveLocals = readAscending(reader);
  const calls = readMany(reader, (): CallDescription => {
    const header = reader.u32();
    const liveOperands: number[] = [];
    for (let left = header >>> 1; left > 0; left--) liveOperands.push(reader.u32());
    return { isImport: (header & 1) === 1, liveOperands };
  });
  return { functionIndex, locals, callLocal, liveLocals, calls };
}

// Distances from one to the next: most are below 128, a byte.
function writeAscending(out: ByteWriter, numbers: readonly number[]): void {
  out.u32(numbers.length);
  numbers.forEach((number, index) => out.u32(index === 0 ? number : number - numbers[index - 1]));
}

function readAscending(reader: ByteReader): number[] {
  let number = 0;
  return readMany(reader, () => (number += reader.u32()));
}
