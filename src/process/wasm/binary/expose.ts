// Adds exports so that an adapter can reach what a module keeps to itself. The start function
// becomes an ordinary export, since a call made by instantiation can neither wait nor be
// interrupted; for capture, mutable globals, tables and memories are exported too, because they
// belong to the image.
import { ByteWriter } from "./byte-writer.ts";
import { SectionId, findSection, writeBinary } from "./sections.ts";
import { externalKinds } from "./declarations.ts";
import type { WasmBinary } from "./sections.ts";
import type { Declarations, ExportDeclaration, ExternalKind } from "./declarations.ts";
import { ReservedExport } from "./reserved.ts";

/**
 * What is exported beside the start function: nothing; what belongs to the image; or all that another
 * module needs to go on in the place of this one, unchanging globals and tags included.
 */
export type Exposure = "start" | "state" | "everything";

/** The module with its start function, and on request its state, exported under reserved names. */
export function exposeInternals(
  binary: WasmBinary,
  declarations: Declarations,
  exposure: Exposure,
): Uint8Array {
  const added: ExportDeclaration[] =
    exposure === "start" ? [] : hiddenState(declarations, exposure);
  if (declarations.startFunction !== undefined) {
    const index = declarations.startFunction;
    added.push({ name: ReservedExport.start, kind: "function", index });
  }
  if (added.length === 0) return binary.bytes;
  const sections = new Map<number, Uint8Array | null>([
    [SectionId.export, extendExports(binary, declarations.exports.length, added)],
    [SectionId.start, null],
  ]);
  return writeBinary(binary, { sections });
}

function hiddenState(declarations: Declarations, exposure: Exposure): ExportDeclaration[] {
  const exported = new Set(declarations.exports.map(({ kind, index }) => `${kind} ${index}`));
  const isExported = (kind: ExternalKind, index: number): boolean =>
    exported.has(`${kind} ${index}`);
  const isWhole = exposure === "everything";
  const added: ExportDeclaration[] = [];
  const add = (kind: ExternalKind, prefix: string, index: number): void => {
    if (!isExported(kind, index)) added.push({ name: `${prefix}${index}`, kind, index });
  };
  declarations.globals.forEach((global, index) => {
    if (global.isMutable || isWhole) add("global", ReservedExport.globalPrefix, index);
  });
  declarations.tables.forEach((_, index) => add("table", ReservedExport.tablePrefix, index));
  declarations.memories.forEach((_, index) => add("memory", ReservedExport.memoryPrefix, index));
  if (isWhole) declarations.tags.forEach((_, index) => add("tag", ReservedExport.tagPrefix, index));
  return added;
}

/** The body of an export section with entries added at its end. */
export function extendExports(
  binary: WasmBinary,
  oldCount: number,
  added: readonly ExportDeclaration[],
): Uint8Array {
  const out = new ByteWriter(1024).u32(oldCount + added.length);
  const section = findSection(binary, SectionId.export);
  if (section !== undefined) {
    // The count may be written in a longer form than ours, so it is skipped where it stands.
    let entries = section.bodyStart;
    while (binary.bytes[entries++] >= 0x80);
    out.range(binary.bytes, entries, section.end);
  }
  for (const { name, kind, index } of added) {
    out.name(name).u8(externalKinds.indexOf(kind)).u32(index);
  }
  return out.finish();
}
