// The functions that fuel insertion adds to a module. A bulk operation above the limit is done in
// chunks with a check before each; a wait or notify checks its address as the instruction would and
// calls the kernel's futex through an import.
//
// What a program can see stays as it was: an operation out of bounds traps before anything is
// written, and overlapping copies give the same bytes.
import {
  Assembler,
  ByteWriter,
  Opcode,
  i32Code,
  i64Code,
  reservedModule,
} from "../binary/index.ts";
import type { Declarations, IndexWidth } from "../binary/index.ts";
import { fuelCharge, fuelCheck } from "./fuel-check.ts";
import type { HelperUse } from "./fuel-scan.ts";
import type { FuelPlan } from "./fuel-plan.ts";

/** Largest piece of memory one instruction may touch, in bytes. */
export const memoryChunkBytes = 65536;
/** Largest piece of a table one instruction may touch, in elements. */
export const tableChunkElements = 4096;

export interface Helper {
  readonly name: string;
  readonly parameters: readonly Uint8Array[];
  readonly results: readonly Uint8Array[];
  readonly body: Uint8Array;
}

interface BulkOperation {
  readonly name: string;
  readonly width: IndexWidth;
  /** Encoded type of the second operand: where to copy from, or what to fill with. */
  readonly second: Uint8Array;
  /** The second operand is a position that advances with the first. */
  readonly hasSource: boolean;
  /** Source and destination may overlap, so a copy upwards goes from the end. */
  readonly mayOverlap: boolean;
  readonly chunk: number;
  /** Units of work that cost one unit of fuel, as a power of two. */
  readonly chargeShift: number;
  readonly instruction: Uint8Array;
}

const i32Type = Uint8Array.of(i32Code);
const i64Type = Uint8Array.of(i64Code);

const destination = 0;
const second = 1;
const count = 2;

export function buildHelper(use: HelperUse, declarations: Declarations, plan: FuelPlan): Helper {
  if (use.opcode <= Opcode.tableFill) return bulkHelper(bulkOperation(use, declarations), plan);
  return waitHelper(use.opcode, plan);
}

function bulkOperation(use: HelperUse, declarations: Declarations): BulkOperation {
  const { opcode, first } = use;
  const isTable = opcode >= Opcode.tableInit;
  const isInit = opcode === Opcode.memoryInit || opcode === Opcode.tableInit;
  const isFill = opcode === Opcode.memoryFill || opcode === Opcode.tableFill;
  const target = isInit ? use.second : first;
  const limits = isTable ? declarations.tables[target].limits : declarations.memories[target];
  const width: IndexWidth = limits.is64 ? "i64" : "i32";
  const filler = isTable ? declarations.tables[target].element.encoded : i32Type;
  return {
    name: `${isTable ? "table" : "memory"}_${isInit ? "init" : isFill ? "fill" : "copy"}`,
    width,
    second: isFill ? filler : width === "i64" ? i64Type : i32Type,
    hasSource: !isFill,
    mayOverlap: !isFill && !isInit && first === use.second,
    chunk: isTable ? tableChunkElements : memoryChunkBytes,
    chargeShift: isTable ? 1 : 4,
    instruction: encodeInstruction(use, isFill),
  };
}

function encodeInstruction(use: HelperUse, hasOneIndex: boolean): Uint8Array {
  const out = new ByteWriter(16)
    .u8(use.opcode >>> 16)
    .u32(use.opcode & 0xffff)
    .u32(use.first);
  if (!hasOneIndex) out.u32(use.second);
  return out.finish();
}

function bulkHelper(operation: BulkOperation, plan: FuelPlan): Helper {
  const code = new Assembler(operation.width, []);
  doSmallOrTrapping(code, operation, plan);
  trapUnlessInBounds(code, operation);
  if (operation.mayOverlap) {
    code.localGet(destination).localGet(second).lessOrEqualUnsigned().if();
    copyForwards(code, operation, plan);
    code.else();
    copyBackwards(code, operation, plan);
    code.end();
  } else {
    copyForwards(code, operation, plan);
  }
  code.localGet(destination).localGet(second).localGet(count).raw(operation.instruction);
  const index = operation.width === "i64" ? i64Type : i32Type;
  return {
    name: `${reservedModule}.${operation.name}`,
    parameters: [index, operation.second, index],
    results: [],
    body: code.finish(),
  };
}

// An end that wraps around is certain to trap, and the instruction itself does that best. The one
// exception, an end at exactly the size of a full address space, is merely not split.
function doSmallOrTrapping(code: Assembler, operation: BulkOperation, plan: FuelPlan): void {
  code.localGet(count).const(operation.chunk).lessOrEqualUnsigned();
  for (const position of positions(operation)) {
    code.localGet(position).localGet(count).add().localGet(position).lessUnsigned().i32Or();
  }
  code.if();
  code.localGet(destination).localGet(second).localGet(count).raw(operation.instruction);
  const amount = new Assembler(operation.width, []);
  amount.localGet(count).const(operation.chargeShift).shiftRightUnsigned().wrap();
  code.raw(fuelCharge(plan, amount.instructions()));
  code.return().end();
}

function positions(operation: BulkOperation): number[] {
  return operation.hasSource ? [destination, second] : [destination];
}

// The same instruction at the far ends with nothing to do: it traps exactly when the whole would.
function trapUnlessInBounds(code: Assembler, operation: BulkOperation): void {
  for (const operand of [destination, second]) {
    code.localGet(operand);
    if (positions(operation).includes(operand)) code.localGet(count).add();
  }
  code.const(0).raw(operation.instruction);
}

function chunkCheck(operation: BulkOperation, plan: FuelPlan): Uint8Array {
  return fuelCheck(plan, operation.chunk >>> operation.chargeShift);
}

function copyForwards(code: Assembler, operation: BulkOperation, plan: FuelPlan): void {
  code.loop().raw(chunkCheck(operation, plan));
  code.localGet(destination).localGet(second).const(operation.chunk).raw(operation.instruction);
  for (const position of positions(operation)) {
    code.localGet(position).const(operation.chunk).add().localSet(position);
  }
  code.localGet(count).const(operation.chunk).subtract().localTee(count);
  code.const(operation.chunk).greaterUnsigned().branchIf(0).end();
}

function copyBackwards(code: Assembler, operation: BulkOperation, plan: FuelPlan): void {
  code.loop().raw(chunkCheck(operation, plan));
  code.localGet(count).const(operation.chunk).subtract().localSet(count);
  code.localGet(destination).localGet(count).add();
  code.localGet(second).localGet(count).add();
  code.const(operation.chunk).raw(operation.instruction);
  code.localGet(count).const(operation.chunk).greaterUnsigned().branchIf(0).end();
}

interface WaitOperation {
  readonly name: string;
  readonly parameters: readonly Uint8Array[];
  /** An atomic load of the same size, to trap on a bad address as the instruction does. */
  readonly probe: readonly number[];
}

const waitOperations: Readonly<Record<number, WaitOperation>> = {
  [Opcode.atomicNotify]: {
    name: "atomic_notify",
    parameters: [i32Type, i32Type],
    probe: [0xfe, 0x10, 2, 0],
  },
  [Opcode.atomicWait32]: {
    name: "atomic_wait32",
    parameters: [i32Type, i32Type, i64Type],
    probe: [0xfe, 0x10, 2, 0],
  },
  [Opcode.atomicWait64]: {
    name: "atomic_wait64",
    parameters: [i32Type, i64Type, i64Type],
    probe: [0xfe, 0x11, 3, 0],
  },
};

/** The imported function behind a helper's name. */
export function waitImportParameters(name: string): readonly Uint8Array[] {
  const operations = Object.values(waitOperations);
  return operations.find((operation) => operation.name === name)?.parameters ?? [];
}

// Parameters: those of the instruction, then its static offset.
function waitHelper(opcode: number, plan: FuelPlan): Helper {
  const { name, parameters, probe } = waitOperations[opcode];
  const offset = parameters.length;
  const address = offset + 1;
  const code = new Assembler("i32", [i32Code]);
  code.localGet(0).localGet(offset).i32Add().localTee(address);
  code.localGet(0).i32LessUnsigned().if();
  code.i32Const(-1).raw([0x28, 2, 0]).drop(); // past every memory, as the sum is
  code.end();
  code.localGet(address).raw(probe).drop();
  code.localGet(address);
  for (let index = 1; index < parameters.length; index++) code.localGet(index);
  code.call(plan.importIndices.get(name) ?? 0);
  return {
    name: `${reservedModule}.${name}`,
    parameters: [...parameters, i32Type],
    results: [i32Type],
    body: code.finish(),
  };
}
