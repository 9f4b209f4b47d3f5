// The sections of a capturable module: those of the program, each with its additions behind.
import {
  appendEntries,
  ByteReader,
  ByteWriter,
  extendExports,
  mapFunctionsIn,
  Opcode,
  SectionId,
  sectionReader,
  writeBinary,
} from "../binary/index.ts";
import type { WasmBinary } from "../binary/index.ts";
import { type Additions, capturedKindCount } from "./additions.ts";
import type { AddedFunction } from "./added-functions.ts";
import { addNames } from "./added-names.ts";
import { CodeMoves, relocateDebug } from "./debug/index.ts";
import { branchHintSection, mapBranchHints } from "./branch-hints.ts";
import type { RewrittenCode } from "./code-writer.ts";
import type { CaptureSource } from "./make-capturable.ts";
import { Value } from "./value-code.ts";

export function countEntries(binary: WasmBinary, id: number): number {
  return sectionReader(binary, id)?.u32() ?? 0;
}

export function writeCapturable(
  binary: WasmBinary,
  source: CaptureSource,
  code: RewrittenCode,
  added: readonly AddedFunction[],
): Uint8Array<ArrayBuffer> {
  const { additions, declarations } = source;
  const codeBody = codeSection(source, code, added);
  const sections = new Map<number, Uint8Array>([
    [SectionId.function, append(binary, SectionId.function, added.map(encodeTypeIndex))],
    [SectionId.table, appendMapped(binary, SectionId.table, additions, addedTables)],
    [SectionId.tag, append(binary, SectionId.tag, [unwindTag(additions)])],
    [
      SectionId.global,
      appendMapped(binary, SectionId.global, additions, droppedGlobals(additions)),
    ],
    [SectionId.export, extendExports(binary, declarations.exports.length, additions.exports)],
    [
      SectionId.element,
      appendMapped(binary, SectionId.element, additions, [allFunctions(additions)]),
    ],
    [SectionId.code, codeBody],
  ]);
  // Last, since whatever is written above may add types.
  sections.set(SectionId.type, append(binary, SectionId.type, additions.types.entries));
  return writeBinary(binary, {
    sections,
    customSections: customSections(binary, { ...code, codeBody }, source, added),
  });
}

function append(binary: WasmBinary, id: number, added: readonly Uint8Array[]): Uint8Array {
  return appendEntries(sectionReader(binary, id), added);
}

/** With references to imports made references to what stands for them. */
function appendMapped(
  binary: WasmBinary,
  id: number,
  { trampolines }: Additions,
  added: readonly Uint8Array[],
): Uint8Array {
  const mapped = mapFunctionsIn(binary, id, (index) => trampolines.get(index) ?? index);
  return appendEntries(mapped && new ByteReader(mapped), added);
}

function encodeTypeIndex({ type }: AddedFunction): Uint8Array {
  return new ByteWriter(8).u32(type).finish();
}

const addedTables: readonly Uint8Array[] = [
  Uint8Array.of(Value.funcref, 0, capturedKindCount),
  Uint8Array.of(Value.funcref, 0, 0),
];

function unwindTag({ types }: Additions): Uint8Array {
  return new ByteWriter(8).u8(0).u32(types.index([], [])).finish();
}

function droppedGlobals({ segments }: Additions): Uint8Array[] {
  const count = [...segments.values()].filter(({ droppedGlobal }) => droppedGlobal !== undefined);
  return count.map(() => Uint8Array.of(Value.i32, 1, Opcode.i32Const, 0, Opcode.end));
}

/** A passive segment of function indices. */
function allFunctions({ functionCount }: Additions): Uint8Array {
  const out = new ByteWriter(functionCount * 3 + 16).u8(1).u8(0).u32(functionCount);
  for (let index = 0; index < functionCount; index++) out.u32(index);
  return out.finish();
}

function codeSection(
  { scan }: CaptureSource,
  { bodies }: RewrittenCode,
  added: readonly AddedFunction[],
): Uint8Array {
  const out = new ByteWriter(bodies.length + 8192);
  out.u32(scan.functions.length + added.length).raw(bodies);
  for (const { body } of added) out.sized(body);
  return out.finish();
}

function customSections(
  binary: WasmBinary,
  { codeBody, offsets }: RewrittenCode & { readonly codeBody: Uint8Array },
  { additions, module }: CaptureSource,
  added: readonly AddedFunction[],
): Map<string, Uint8Array | null> {
  const first = module.importedFunctionCount;
  const edits = relocateDebug(
    binary,
    () => new CodeMoves(binary, codeBody, (position) => offsets.get(first + position)),
  );
  if (binary.sections.some(({ customName }) => customName === branchHintSection)) {
    edits.set(branchHintSection, mapBranchHints(binary, offsets));
  }
  if (binary.sections.some(({ customName }) => customName === "name")) {
    edits.set("name", addNames(binary, additions.firstSave, added));
  }
  return edits;
}
