// The shape of every instruction that engines accept today: how many bytes follow its opcode. This
// is what lets a rewriter walk a body without understanding it. Prefixed opcodes are numbered
// prefix << 16 | sub-opcode. Proposals that V8 keeps behind a flag are unknown here on purpose.
import type { ByteReader } from "./byte-reader.ts";

export const Opcode = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  throw: 0x08,
  throwRef: 0x0a,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  branchTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  tryTable: 0x1f,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  i32Const: 0x41,
  refFunc: 0xd2,
  refAsNonNull: 0xd4,
  branchOnNull: 0xd5,
  branchOnNonNull: 0xd6,
  refCast: 0xfb0016,
  memoryInit: 0xfc0008,
  dataDrop: 0xfc0009,
  memoryCopy: 0xfc000a,
  memoryFill: 0xfc000b,
  tableInit: 0xfc000c,
  elementDrop: 0xfc000d,
  tableCopy: 0xfc000e,
  tableFill: 0xfc0011,
  atomicNotify: 0xfe0000,
  atomicWait32: 0xfe0001,
  atomicWait64: 0xfe0002,
} as const;

const none = 0;
const index = 1;
const twoIndices = 2;
const signed33 = 3;
const memoryArgument = 4;
const i32Constant = 5;
const i64Constant = 6;
const fourBytes = 7;
const eightBytes = 8;
const branchTable = 9;
const selectTypes = 10;
const tryTable = 11;
const unknown = 12;
const prefix = 13;

type Range = readonly [first: number, last: number, shape: number];

const plainShapes = fill(256, [
  [0x00, 0x01, none],
  [0x02, 0x04, signed33],
  [0x05, 0x05, none],
  [0x06, 0x06, signed33], // try of the older exception handling
  [0x07, 0x09, index], // catch, throw, rethrow
  [0x0a, 0x0b, none],
  [0x0c, 0x0d, index],
  [0x0e, 0x0e, branchTable],
  [0x0f, 0x0f, none],
  [0x10, 0x10, index],
  [0x11, 0x11, twoIndices],
  [0x12, 0x12, index],
  [0x13, 0x13, twoIndices],
  [0x14, 0x15, index],
  [0x18, 0x18, index], // delegate
  [0x19, 0x1b, none],
  [0x1c, 0x1c, selectTypes],
  [0x1f, 0x1f, tryTable],
  [0x20, 0x26, index],
  [0x28, 0x3e, memoryArgument],
  [0x3f, 0x40, index],
  [0x41, 0x41, i32Constant],
  [0x42, 0x42, i64Constant],
  [0x43, 0x43, fourBytes],
  [0x44, 0x44, eightBytes],
  [0x45, 0xc4, none],
  [0xd0, 0xd0, signed33],
  [0xd1, 0xd1, none],
  [0xd2, 0xd2, index],
  [0xd3, 0xd4, none],
  [0xd5, 0xd6, index],
  [0xfb, 0xfe, prefix],
]);

const bulkShapes = fill(32, [
  [0, 7, none],
  [8, 8, twoIndices],
  [9, 9, index],
  [10, 10, twoIndices],
  [11, 11, index],
  [12, 12, twoIndices],
  [13, 13, index],
  [14, 14, twoIndices],
  [15, 17, index],
]);

const aggregateShapes = fill(32, [
  [0, 1, index],
  [2, 5, twoIndices],
  [6, 7, index],
  [8, 10, twoIndices],
  [11, 14, index],
  [15, 15, none],
  [16, 16, index],
  [17, 19, twoIndices],
  [20, 23, signed33],
  [26, 30, none],
]);

const atomicShapes = fill(80, [
  [0, 2, memoryArgument],
  [3, 3, index],
  [16, 78, memoryArgument],
]);

function fill(length: number, ranges: readonly Range[]): Uint8Array {
  const shapes = new Uint8Array(length).fill(unknown);
  for (const [first, last, shape] of ranges) shapes.fill(shape, first, last + 1);
  return shapes;
}

/** Passes over one instruction and returns its opcode. */
export function skipInstruction(reader: ByteReader): number {
  const opcode = readOpcode(reader);
  skipImmediates(reader, opcode);
  return opcode;
}

export function readOpcode(reader: ByteReader): number {
  const first = reader.u8();
  if (plainShapes[first] !== prefix) return first;
  const second = reader.u32();
  if (second > 0xffff) reader.fail(`instruction 0x${first.toString(16)} ${second} is unknown`);
  return (first << 16) | second;
}

export function skipImmediates(reader: ByteReader, opcode: number): void {
  if (opcode < 0x100) return skipShape(reader, plainShapes[opcode], opcode);
  const sub = opcode & 0xffff;
  const family = opcode >>> 16;
  if (family === 0xfd) return skipVectorImmediates(reader, sub);
  if (family === 0xfb && (sub === 24 || sub === 25)) return skipBranchOnCast(reader);
  const shapes = family === 0xfc ? bulkShapes : family === 0xfb ? aggregateShapes : atomicShapes;
  skipShape(reader, sub < shapes.length ? shapes[sub] : unknown, opcode);
}

function skipShape(reader: ByteReader, shape: number, opcode: number): void {
  switch (shape) {
    case none:
      return;
    case index:
      return reader.skipInteger(5);
    case twoIndices:
      reader.skipInteger(5);
      return reader.skipInteger(5);
    case signed33:
      return skipBlockType(reader);
    case memoryArgument:
      return void readMemoryArgument(reader);
    case i32Constant:
      return reader.skipInteger(5);
    case i64Constant:
      return reader.skipInteger(10);
    case fourBytes:
      return reader.skip(4);
    case eightBytes:
      return reader.skip(8);
    case branchTable:
      for (let left = reader.u32() + 1; left > 0; left--) reader.u32();
      return;
    case selectTypes:
      for (let left = reader.u32(); left > 0; left--) skipBlockType(reader);
      return;
    case tryTable:
      skipBlockType(reader);
      return skipCatches(reader);
    default:
      reader.fail(`instruction 0x${opcode.toString(16)} is unknown`);
  }
}

// A block type is a type index, the empty type, or a value type, whose reference forms carry a heap
// type of their own.
function skipBlockType(reader: ByteReader): void {
  const first = reader.bytes[reader.position];
  reader.skipInteger(5);
  if (first === 0x63 || first === 0x64) reader.skipInteger(5);
}

function skipCatches(reader: ByteReader): void {
  for (let left = reader.u32(); left > 0; left--) {
    const kind = reader.u8();
    if (kind > 3) reader.fail(`catch clause ${kind} is unknown`);
    if (kind < 2) reader.skipInteger(5);
    reader.skipInteger(5);
  }
}

function skipBranchOnCast(reader: ByteReader): void {
  reader.skip(1);
  reader.skipInteger(5);
  reader.skipInteger(5);
  reader.skipInteger(5);
}

function skipVectorImmediates(reader: ByteReader, sub: number): void {
  if (sub <= 11 || sub === 92 || sub === 93) return void readMemoryArgument(reader);
  if (sub === 12 || sub === 13) return reader.skip(16);
  if (sub >= 21 && sub <= 34) return reader.skip(1);
  if (sub >= 84 && sub <= 91) {
    readMemoryArgument(reader);
    return reader.skip(1);
  }
  if (sub > 0x113) reader.fail(`vector instruction ${sub} is unknown`);
}

export interface MemoryArgument {
  readonly memory: number;
  readonly offset: number;
}

/** Alignment, which memory, and the static offset of a load or store. */
export function readMemoryArgument(reader: ByteReader): MemoryArgument {
  const flags = reader.u32();
  const memory = (flags & 0x40) === 0 ? 0 : reader.u32();
  return { memory, offset: reader.u64() };
}

/** Passes over a constant expression, its `end` included. */
export function skipConstantExpression(reader: ByteReader): void {
  while (skipInstruction(reader) !== Opcode.end);
}
