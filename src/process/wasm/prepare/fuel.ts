// Inserts fuel into a module: a counter that every loop iteration and every recursion takes from,
// so that no program can run on without the kernel getting its turn. Done on the binary itself:
// every instruction that is not counted, split or renumbered is copied as it stands, so the program
// computes exactly what it did, and engine, toolchain and language features need not be understood
// here.
import {
  ByteReader,
  ByteWriter,
  Opcode,
  ReservedExport,
  SectionId,
  externalKinds,
  findCustomSection,
  i32Code,
  mapFunctionsIn,
  mapNames,
  reservedModule,
  sectionReader,
  writeBinary,
  appendEntries,
  encodeFunctionType,
} from "../binary/index.ts";
import type { Declarations, WasmBinary } from "../binary/index.ts";
import { CodeMoves, hasLines, OffsetMap, relocateDebug } from "../rewrite/index.ts";
import { writeFuelBody } from "./fuel-body.ts";
import { buildHelper, waitImportParameters } from "./fuel-helper.ts";
import { planFuel } from "./fuel-plan.ts";
import { scanCode } from "./fuel-scan.ts";
import { HintWriter } from "./branch-hint.ts";
import { branchOffset, fuelCheck } from "./fuel-check.ts";
import type { CodeScan } from "./fuel-scan.ts";
import type { FuelPlan } from "./fuel-plan.ts";
import type { Helper } from "./fuel-helper.ts";

/** The fuel a fresh instance has, until its adapter sets the exported counter. */
export const initialFuel = 1_000_000;

interface Addition {
  readonly declarations: Declarations;
  readonly scan: CodeScan;
  readonly plan: FuelPlan;
  readonly helpers: readonly Helper[];
}

/** The module with fuel; it must not have a start section any more. */
export function insertFuel(
  binary: WasmBinary,
  declarations: Declarations,
): Uint8Array<ArrayBuffer> {
  const scan = scanCode(binary, declarations);
  const plan = planFuel(binary, declarations, scan);
  const helpers = plan.helpers.map((use) => buildHelper(use, declarations, plan));
  const addition = { declarations, scan, plan, helpers };
  const code = codeSection(binary, addition);
  const sections = new Map<number, Uint8Array>([
    [SectionId.type, typeSection(binary, addition)],
    [SectionId.import, importSection(binary, addition)],
    [SectionId.function, functionSection(binary, addition)],
    [SectionId.global, globalSection(binary, addition)],
    [SectionId.export, exportSection(binary, addition)],
    [SectionId.code, code.body],
  ]);
  for (const id of [SectionId.start, SectionId.element, SectionId.table]) {
    const body = mapFunctionsIn(binary, id, plan.mapFunction);
    if (body !== undefined) sections.set(id, body);
  }
  return writeBinary(binary, {
    sections,
    customSections: customSections(binary, addition, code),
    beforeCode: { name: "metadata.code.branch_hint", body: code.hints },
  });
}

function appendMapped(
  binary: WasmBinary,
  id: number,
  plan: FuelPlan,
  added: Uint8Array,
): Uint8Array {
  const mapped = mapFunctionsIn(binary, id, plan.mapFunction);
  return appendEntries(mapped && new ByteReader(mapped), [added]);
}

// One new type for each added import and then for each helper, in order; equal types are the same
// type to an engine, so sharing them would save nothing but bytes.
function typeSection(binary: WasmBinary, { plan, helpers }: Addition): Uint8Array {
  const types = plan.addedImports.map((name) => {
    const parameters = waitImportParameters(name);
    return encodeFunctionType(parameters, parameters.length > 0 ? [Uint8Array.of(i32Code)] : []);
  });
  for (const { parameters, results } of helpers)
    types.push(encodeFunctionType(parameters, results));
  return appendEntries(sectionReader(binary, SectionId.type), types);
}

function importSection(binary: WasmBinary, { declarations, plan }: Addition): Uint8Array {
  const added = plan.addedImports.map((name, k) =>
    new ByteWriter()
      .name(reservedModule)
      .name(name)
      .u8(externalKinds.indexOf("function"))
      .u32(declarations.types.length + k)
      .finish(),
  );
  return appendEntries(sectionReader(binary, SectionId.import), added);
}

function functionSection(binary: WasmBinary, addition: Addition): Uint8Array {
  const { declarations, plan, helpers } = addition;
  const firstType = declarations.types.length + plan.addedImports.length;
  const added = helpers.map((_, k) => new ByteWriter(8).u32(firstType + k).finish());
  return appendEntries(sectionReader(binary, SectionId.function), added);
}

function globalSection(binary: WasmBinary, { plan }: Addition): Uint8Array {
  const counter = new ByteWriter().u8(i32Code).u8(1).u8(0x41).s32(initialFuel).u8(Opcode.end);
  return appendMapped(binary, SectionId.global, plan, counter.finish());
}

function exportSection(binary: WasmBinary, { plan }: Addition): Uint8Array {
  const entry = new ByteWriter().name(ReservedExport.fuel);
  entry.u8(externalKinds.indexOf("global")).u32(plan.fuelGlobal);
  return appendMapped(binary, SectionId.export, plan, entry.finish());
}

interface Code {
  readonly body: Uint8Array;
  /** The branch hints of the checks: each tells the engine that fuel is rarely used up. */
  readonly hints: Uint8Array;
  /** By position, where the instructions of each body went; only of a module with debug sections. */
  readonly offsets: ReadonlyMap<number, OffsetMap>;
}

function codeSection(binary: WasmBinary, addition: Addition): Code {
  const { declarations, scan, plan, helpers } = addition;
  const section = sectionReader(binary, SectionId.code);
  const codeBytes = section === undefined ? 0 : section.end - section.position;
  const out = new ByteWriter(Math.ceil(codeBytes * 1.3) + 4096);
  out.u32(scan.bodies.length + helpers.length);
  const firstFunction = plan.mapFunction(declarations.importedCounts.function);
  const check = fuelCheck(plan, 1);
  const edit = { declarations, plan, check, branchOffset: branchOffset(plan, check) };
  const hints = new HintWriter();
  const isDebug = hasLines(binary);
  const offsets = new Map<number, OffsetMap>();
  const scratch = new ByteWriter(4096);
  scan.bodies.forEach((body, position) => {
    const type = declarations.functions[declarations.importedCounts.function + position];
    const parameterCount = declarations.types[type]?.parameters.length ?? 0;
    scratch.clear();
    const checksEntry = plan.checksEntry[position];
    const moved = isDebug ? new OffsetMap(body.start) : undefined;
    if (moved !== undefined) offsets.set(position, moved);
    const own = { ...edit, checksEntry, parameterCount, noteMove: moved?.noteMove.bind(moved) };
    hints.add(firstFunction + position, writeFuelBody(binary.bytes, body, scratch, own));
    out.sized(scratch.view());
  });
  for (const helper of helpers) out.sized(helper.body);
  return { body: out.finish(), hints: hints.finish(), offsets };
}

function customSections(
  binary: WasmBinary,
  { plan, helpers }: Addition,
  { body, offsets }: Code,
): Map<string, Uint8Array | null> {
  const addedNames = new Map<number, string>();
  for (const [name, index] of plan.importIndices)
    addedNames.set(index, `${reservedModule}.${name}`);
  helpers.forEach((helper, k) => addedNames.set([...plan.helperIndices.values()][k], helper.name));
  const moves = (): CodeMoves => new CodeMoves(binary, body, (position) => offsets.get(position));
  const edits = relocateDebug(binary, moves);
  if (findCustomSection(binary, "name") !== undefined) {
    edits.set("name", mapNames(binary, plan.mapFunction, addedNames));
  }
  return edits;
}
