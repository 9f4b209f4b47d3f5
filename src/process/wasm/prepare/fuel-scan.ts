// One pass over the code section that finds what fuel insertion must know: which functions can run
// for long, and which instructions have to be split or turned into calls. Nothing is changed here.
import {
  Opcode,
  readMemoryArgument,
  bodyReaders,
  skipLocals,
  readOpcode,
  skipImmediates,
  skipInstruction,
} from "../binary/index.ts";
import type { ByteReader, Declarations, WasmBinary } from "../binary/index.ts";
import { StripFinder } from "./fuel-strip.ts";

export interface BodyScan {
  /** First byte of the body: its local declarations. */
  readonly start: number;
  /** First byte of its code. */
  readonly codeStart: number;
  readonly end: number;
  /** Instructions in the body, bulk operations weighed by what they may cost, strips with all turns. */
  readonly cost: number;
  /** Functions called directly, once for each call. */
  readonly callees: readonly number[];
  /** Those of them whose call the body goes on behind; others end the program, or throw. */
  readonly returningCallees: readonly number[];
  /** Types of what is called through tables and references, once for each call. */
  readonly unknownTypes: readonly number[];
  /** Offsets of the loops that are counted in strips, ascending. */
  readonly strips: readonly number[];
}

/** An instruction that becomes a call of a generated helper. */
export interface HelperUse {
  readonly opcode: number;
  /** The instruction's two indices, in the order of the format; memory 0 for waits. */
  readonly first: number;
  readonly second: number;
}

export interface CodeScan {
  readonly bodies: readonly BodyScan[];
  readonly helpers: ReadonlyMap<string, HelperUse>;
  /** Functions that code takes references to. */
  readonly references: ReadonlySet<number>;
}

interface Draft {
  readonly declarations: Declarations;
  readonly helpers: Map<string, HelperUse>;
  readonly references: Set<number>;
}

const bulkOperationCost = 1000;

export function scanCode(binary: WasmBinary, declarations: Declarations): CodeScan {
  const draft: Draft = { declarations, helpers: new Map(), references: new Set() };
  const bodies = [...bodyReaders(binary)].map((reader) => scanBody(reader, draft));
  return { bodies, helpers: draft.helpers, references: draft.references };
}

/** Whether any function has a handler of the current form of exception handling. */
export function usesTryTable(binary: WasmBinary): boolean {
  for (const reader of bodyReaders(binary)) {
    skipLocals(reader);
    while (!reader.isAtEnd()) if (skipInstruction(reader) === Opcode.tryTable) return true;
  }
  return false;
}

/** How a helper is found again from the instruction that needs it. */
export function helperKey(opcode: number, first: number, second: number): string {
  return `${opcode}:${first}:${second}`;
}

/** The helper an instruction at the reader needs, its immediates consumed; undefined for none. */
export function readHelperUse(
  reader: ByteReader,
  opcode: number,
  declarations: Declarations,
): HelperUse | undefined {
  const first = reader.u32();
  const hasOneIndex = opcode === Opcode.memoryFill || opcode === Opcode.tableFill;
  const second = hasOneIndex ? 0 : reader.u32();
  const use = { opcode, first, second };
  return isSplittable(use, declarations) ? use : undefined;
}

// Indices of 64 bits on one side only, and names of things that do not exist, are left as they are:
// the first are rare, and the second are for the engine to refuse.
function isSplittable({ opcode, first, second }: HelperUse, declarations: Declarations): boolean {
  const memory = (index: number): boolean | undefined => declarations.memories[index]?.is64;
  const table = (index: number): boolean | undefined => declarations.tables[index]?.limits.is64;
  switch (opcode) {
    case Opcode.memoryCopy:
      return memory(first) !== undefined && memory(first) === memory(second);
    case Opcode.memoryFill:
      return memory(first) !== undefined;
    case Opcode.memoryInit:
      return memory(second) === false;
    case Opcode.tableCopy:
      return table(first) !== undefined && table(first) === table(second);
    case Opcode.tableFill:
      return table(first) !== undefined;
    default:
      return table(second) === false;
  }
}

export function isBulkOperation(opcode: number): boolean {
  switch (opcode) {
    case Opcode.memoryCopy:
    case Opcode.memoryFill:
    case Opcode.memoryInit:
    case Opcode.tableCopy:
    case Opcode.tableFill:
    case Opcode.tableInit:
      return true;
    default:
      return false;
  }
}

export function isAtomicWaitOrNotify(opcode: number): boolean {
  return opcode >= Opcode.atomicNotify && opcode <= Opcode.atomicWait64;
}

/** The static offset of a wait or notify, its immediates consumed. */
export function readWaitOffset(reader: ByteReader, declarations: Declarations): number {
  const start = reader.position;
  const { memory, offset } = readMemoryArgument(reader);
  if (memory !== 0 || declarations.memories[0]?.is64 !== false) {
    reader.fail("it waits on a memory other than a first one with 32-bit addresses", start);
  }
  if (offset > 0xffffffff) reader.fail("a memory offset has more than 32 bits", start);
  return offset;
}

interface BodyDraft {
  cost: number;
  readonly callees: number[];
  readonly returningCallees: number[];
  readonly unknownTypes: number[];
  readonly finder: StripFinder;
}

function scanBody(reader: ByteReader, draft: Draft): BodyScan {
  const start = reader.position;
  skipLocals(reader);
  const codeStart = reader.position;
  const finder = new StripFinder();
  const body: BodyDraft = { cost: 0, callees: [], returningCallees: [], unknownTypes: [], finder };
  while (!reader.isAtEnd()) scanInstruction(reader, body, draft);
  const { cost, callees, returningCallees, unknownTypes } = body;
  const { strips } = finder;
  const calls = { callees, returningCallees, unknownTypes };
  return { start, codeStart, end: reader.end, cost, ...calls, strips };
}

function scanInstruction(reader: ByteReader, body: BodyDraft, draft: Draft): void {
  const start = reader.position;
  const opcode = readOpcode(reader);
  body.cost++;
  body.cost += body.finder.note(opcode, start, reader, body.cost);
  switch (opcode) {
    case Opcode.call:
    case Opcode.returnCall:
      return noteCall(reader, body);
    case Opcode.callIndirect:
    case Opcode.returnCallIndirect:
      body.unknownTypes.push(reader.u32());
      reader.u32();
      return;
    case Opcode.callRef:
    case Opcode.returnCallRef:
      body.unknownTypes.push(reader.u32());
      return;
    case Opcode.refFunc:
      draft.references.add(reader.u32());
      return;
    default:
      scanRare(reader, opcode, body, draft);
  }
}

const unreachable = 0x00;

function noteCall(reader: ByteReader, body: BodyDraft): void {
  const callee = reader.u32();
  body.callees.push(callee);
  if (reader.bytes[reader.position] !== unreachable) body.returningCallees.push(callee);
}

function scanRare(reader: ByteReader, opcode: number, body: BodyDraft, draft: Draft): void {
  if (isBulkOperation(opcode)) {
    body.cost += bulkOperationCost;
    addHelper(draft.helpers, readHelperUse(reader, opcode, draft.declarations));
  } else if (isAtomicWaitOrNotify(opcode)) {
    readWaitOffset(reader, draft.declarations);
    addHelper(draft.helpers, { opcode, first: 0, second: 0 });
  } else {
    skipImmediates(reader, opcode);
  }
}

function addHelper(helpers: Map<string, HelperUse>, use: HelperUse | undefined): void {
  if (use !== undefined) helpers.set(helperKey(use.opcode, use.first, use.second), use);
}
