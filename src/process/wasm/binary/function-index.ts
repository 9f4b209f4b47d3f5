// Writes again the sections that mention functions by number, after some were put in front of them:
// exports, start, elements, globals and tables (through ref.func), and the name section.
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { InvalidModuleError } from "./invalid-module-error.ts";
import { SectionId, findCustomSection, sectionReader } from "./sections.ts";
import { Splicer } from "./splicer.ts";
import { externalKinds } from "./declarations.ts";
import { skipConstantExpression } from "./instruction.ts";
import { readLimits, readValueType } from "./value-type.ts";
import type { WasmBinary } from "./sections.ts";
import type { IndexMap } from "./splicer.ts";

type EntryEditor = (splicer: Splicer, map: IndexMap) => void;

/** A section's body with function indices mapped; undefined when there is no such section. */
export function mapFunctionsIn(
  binary: WasmBinary,
  id: number,
  map: IndexMap,
): Uint8Array | undefined {
  const reader = sectionReader(binary, id);
  if (reader === undefined) return undefined;
  const splicer = new Splicer(reader, new ByteWriter(reader.end - reader.position + 256));
  if (id === SectionId.start) {
    splicer.mapIndex(map);
  } else {
    const edit = entryEditors[id];
    for (let left = reader.u32(); left > 0; left--) edit(splicer, map);
  }
  splicer.flush();
  return splicer.out.finish();
}

const entryEditors: Readonly<Record<number, EntryEditor>> = {
  [SectionId.export]: mapExport,
  [SectionId.element]: mapElementSegment,
  [SectionId.global]: mapGlobal,
  [SectionId.table]: mapTable,
};

function mapExport(splicer: Splicer, map: IndexMap): void {
  const { reader } = splicer;
  reader.skip(reader.u32());
  if (externalKinds[reader.u8()] === "function") splicer.mapIndex(map);
  else reader.u32();
}

function mapGlobal(splicer: Splicer, map: IndexMap): void {
  readValueType(splicer.reader);
  splicer.reader.u8();
  splicer.mapConstantExpression(map);
}

function mapTable(splicer: Splicer, map: IndexMap): void {
  const { reader } = splicer;
  const hasInitialValue = reader.bytes[reader.position] === 0x40;
  if (hasInitialValue) reader.skip(2);
  readValueType(reader);
  readLimits(reader);
  if (hasInitialValue) splicer.mapConstantExpression(map);
}

// Bit 0: passive or declarative; bit 1: an explicit table, or declarative; bit 2: expressions
// instead of indices.
function mapElementSegment(splicer: Splicer, map: IndexMap): void {
  const { reader } = splicer;
  const start = reader.position;
  const flags = reader.u32();
  if (flags > 7) reader.fail(`element segment kind ${flags} is unknown`, start);
  const isActive = (flags & 1) === 0;
  const hasExpressions = (flags & 4) !== 0;
  if (isActive && (flags & 2) !== 0) reader.u32();
  if (isActive) skipConstantExpression(reader); // an offset: it names no function
  if ((flags & 3) !== 0) {
    if (hasExpressions) readValueType(reader);
    else reader.u8();
  }
  for (let left = reader.u32(); left > 0; left--) {
    if (hasExpressions) splicer.mapConstantExpression(map);
    else splicer.mapIndex(map);
  }
}

const functionNames = 1;
const localNames = 2;
const labelNames = 3;

/** Names of functions that were added, by their index in the new module. */
export type AddedNames = ReadonlyMap<number, string>;

/**
 * The name section for the new numbering. Null, to leave it out, when it cannot be read: names are
 * for people, and engines ignore broken ones too. Label names go, since checks add labels.
 */
export function mapNames(binary: WasmBinary, map: IndexMap, added: AddedNames): Uint8Array | null {
  const section = findCustomSection(binary, "name");
  if (section === undefined) return null;
  const reader = new ByteReader(binary.bytes, section.bodyStart, section.end);
  const out = new ByteWriter(section.end - section.bodyStart + 1024);
  try {
    while (!reader.isAtEnd()) mapNameSubsection(reader, out, map, added);
    return out.finish();
  } catch (error) {
    if (error instanceof InvalidModuleError) return null;
    throw error;
  }
}

function mapNameSubsection(
  reader: ByteReader,
  out: ByteWriter,
  map: IndexMap,
  added: AddedNames,
): void {
  const id = reader.u8();
  const body = reader.take(reader.u32());
  const inner = new ByteReader(body);
  if (id === functionNames) out.u8(id).sized(mapFunctionNames(inner, map, added));
  else if (id === localNames) out.u8(id).sized(mapLocalNames(inner, map));
  else if (id !== labelNames) out.u8(id).sized(body);
}

function mapFunctionNames(reader: ByteReader, map: IndexMap, added: AddedNames): Uint8Array {
  const entries: [number, Uint8Array][] = [];
  for (let left = reader.u32(); left > 0; left--) {
    entries.push([map(reader.u32()), reader.take(reader.u32())]);
  }
  const encoder = new TextEncoder();
  for (const [index, name] of added) entries.push([index, encoder.encode(name)]);
  entries.sort((one, other) => one[0] - other[0]);
  const out = new ByteWriter(reader.end + 256).u32(entries.length);
  for (const [index, name] of entries) out.u32(index).sized(name);
  return out.finish();
}

function mapLocalNames(reader: ByteReader, map: IndexMap): Uint8Array {
  const splicer = new Splicer(reader, new ByteWriter(reader.end + 256));
  for (let left = reader.u32(); left > 0; left--) {
    splicer.mapIndex(map);
    for (let names = reader.u32(); names > 0; names--) {
      reader.u32();
      reader.skip(reader.u32());
    }
  }
  splicer.flush();
  return splicer.out.finish();
}
