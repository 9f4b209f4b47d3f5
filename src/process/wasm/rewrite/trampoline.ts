// Imports whose address is taken are reached through tables and references, from frames that know
// neither which import it was nor its arguments. So each gets a function of the program in its place:
// it calls the import with its own arguments, and has a frame like any other.
import {
  appendEntries,
  ByteWriter,
  mapFunctionsIn,
  Opcode,
  SectionId,
  sectionReader,
  writeBinary,
} from "../binary/index.ts";
import type { Declarations, WasmBinary } from "../binary/index.ts";
import type { CodeScan } from "./code-scan.ts";
import { CodeMoves, relocateDebug } from "./debug/index.ts";

/** Sections beside the code in which a function can be referred to. */
const referringSections = [SectionId.table, SectionId.global, SectionId.element] as const;

/** The function that stands for each import whose address is taken, in code or in a table. */
export function planTrampolines(
  binary: WasmBinary,
  { importedCounts, functions }: Declarations,
  scan: CodeScan,
): Map<number, number> {
  const taken = new Set(scan.referencedImports);
  for (const id of referringSections) {
    mapFunctionsIn(binary, id, (index) => {
      if (index < importedCounts.function) taken.add(index);
      return index;
    });
  }
  return new Map([...taken].map((index, position) => [index, functions.length + position]));
}

/** The module with these functions at its end; nothing refers to them yet. */
export function addTrampolines(
  binary: WasmBinary,
  { functions, types }: Declarations,
  trampolines: ReadonlyMap<number, number>,
): Uint8Array<ArrayBuffer> {
  const typeIndices: Uint8Array[] = [];
  const bodies: Uint8Array[] = [];
  for (const index of trampolines.keys()) {
    const type = functions[index];
    typeIndices.push(new ByteWriter(8).u32(type).finish());
    bodies.push(trampoline(index, types[type]?.parameters.length ?? 0));
  }
  const code = appendEntries(sectionReader(binary, SectionId.code), bodies);
  const sections = new Map([
    [SectionId.function, appendEntries(sectionReader(binary, SectionId.function), typeIndices)],
    [SectionId.code, code],
  ]);
  const stay = (): undefined => undefined;
  // Nothing moves but by the size of the count in front.
  const customSections = relocateDebug(binary, () => new CodeMoves(binary, code, stay));
  // What counts from the beginning of a function, as branch hints do, stays as it is.
  for (const name of customSections.keys()) {
    if (name.startsWith("metadata.code.")) customSections.delete(name);
  }
  return writeBinary(binary, { sections, customSections });
}

/** With its size in front. */
function trampoline(index: number, parameterCount: number): Uint8Array {
  const body = new ByteWriter(32).u32(0);
  for (let local = 0; local < parameterCount; local++) body.u8(Opcode.localGet).u32(local);
  body.u8(Opcode.call).u32(index).u8(Opcode.end);
  return new ByteWriter(32).sized(body.view()).finish();
}
