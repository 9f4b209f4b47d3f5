// The first look at the code, before anything is decided: who calls whom, and which instructions need
// more than a landing pad. Types play no part in it, so it costs a tenth of the pass that follows.
import { bodyReaders, Opcode, readOpcode, skipImmediates, skipLocals } from "../binary/index.ts";
import type { ByteReader, Declarations, WasmBinary } from "../binary/index.ts";

export interface FunctionScan {
  /** Offset of the local declarations, of the code, and behind the body. */
  readonly start: number;
  readonly codeStart: number;
  readonly end: number;
  /** Functions called directly, tail calls included. */
  readonly callees: readonly number[];
  /** It calls through a table or a reference. */
  readonly callsUnknown: boolean;
  /** It drops a segment or takes a reference to an import: instructions that are replaced. */
  readonly hasReplacements: boolean;
}

/** An instruction on a segment; continuations, which cannot have it, call a function that does it. */
export interface SegmentUse {
  readonly opcode: number;
  readonly segment: number;
  /** The memory or table it goes to; zero for a drop. */
  readonly target: number;
}

export interface CodeScan {
  readonly functions: readonly FunctionScan[];
  readonly segmentUses: ReadonlyMap<string, SegmentUse>;
  /** Imports that code takes references to. */
  readonly referencedImports: ReadonlySet<number>;
  /** Tables that code writes to. */
  readonly changedTables: ReadonlySet<number>;
  /** Some function uses the exception handling of before `try_table`. */
  readonly hasOldExceptions: boolean;
}

interface Draft {
  readonly importedCount: number;
  readonly segmentUses: Map<string, SegmentUse>;
  readonly referencedImports: Set<number>;
  readonly changedTables: Set<number>;
  hasOldExceptions: boolean;
}

interface BodyDraft {
  readonly callees: number[];
  callsUnknown: boolean;
  hasReplacements: boolean;
}

const oldTry = 0x06;
const tableSet = 0x26;
const tableGrow = 0xfc000f;

export function scanCode(binary: WasmBinary, declarations: Declarations): CodeScan {
  const draft: Draft = {
    importedCount: declarations.importedCounts.function,
    segmentUses: new Map(),
    referencedImports: new Set(),
    changedTables: new Set(),
    hasOldExceptions: false,
  };
  const functions: FunctionScan[] = [];
  for (const reader of bodyReaders(binary)) functions.push(scanBody(reader, draft));
  const defined = declarations.functions.length - draft.importedCount;
  if (functions.length !== defined) {
    const [first] = bodyReaders(binary);
    first?.fail(`there are ${functions.length} bodies for ${defined} functions`);
  }
  return { ...draft, functions };
}

export function segmentKey({ opcode, segment, target }: SegmentUse): string {
  return `${opcode} ${segment} ${target}`;
}

/** The segment instruction whose opcode was read, its immediates consumed. */
export function readSegmentUse(reader: ByteReader, opcode: number): SegmentUse {
  const segment = reader.u32();
  const isDrop = opcode === Opcode.dataDrop || opcode === Opcode.elementDrop;
  return { opcode, segment, target: isDrop ? 0 : reader.u32() };
}

function scanBody(reader: ByteReader, draft: Draft): FunctionScan {
  const start = reader.position;
  skipLocals(reader);
  const codeStart = reader.position;
  const body: BodyDraft = { callees: [], callsUnknown: false, hasReplacements: false };
  while (!reader.isAtEnd()) scanInstruction(reader, body, draft);
  return { start, codeStart, end: reader.end, ...body };
}

function scanInstruction(reader: ByteReader, body: BodyDraft, draft: Draft): void {
  const opcode = readOpcode(reader);
  switch (opcode) {
    case Opcode.call:
    case Opcode.returnCall:
      body.callees.push(reader.u32());
      return;
    case Opcode.callIndirect:
    case Opcode.returnCallIndirect:
    case Opcode.callRef:
    case Opcode.returnCallRef:
      body.callsUnknown = true;
      return skipImmediates(reader, opcode);
    case Opcode.refFunc:
      return noteReference(reader.u32(), body, draft);
    case oldTry:
      draft.hasOldExceptions = true;
      return skipImmediates(reader, opcode);
    default:
      scanRare(reader, opcode, body, draft);
  }
}

function noteReference(index: number, body: BodyDraft, draft: Draft): void {
  if (index >= draft.importedCount) return;
  draft.referencedImports.add(index);
  body.hasReplacements = true;
}

function scanRare(reader: ByteReader, opcode: number, body: BodyDraft, draft: Draft): void {
  switch (opcode) {
    case Opcode.dataDrop:
    case Opcode.elementDrop:
      body.hasReplacements = true;
      return noteSegment(reader, opcode, draft);
    case Opcode.memoryInit:
      return noteSegment(reader, opcode, draft);
    case Opcode.tableInit:
      noteSegment(reader, opcode, draft);
      return;
    case tableSet:
    case tableGrow:
    case Opcode.tableFill:
      draft.changedTables.add(reader.u32());
      return;
    case Opcode.tableCopy:
      draft.changedTables.add(reader.u32());
      return void reader.u32();
    default:
      skipImmediates(reader, opcode);
  }
}

function noteSegment(reader: ByteReader, opcode: number, draft: Draft): void {
  const use = readSegmentUse(reader, opcode);
  draft.segmentUses.set(segmentKey(use), use);
  if (opcode === Opcode.tableInit) draft.changedTables.add(use.target);
}
