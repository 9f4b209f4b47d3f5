// The module of one continuation: a function that goes on in the middle of another, at one of its
// calls, linked into the instance of the program. All that the program numbers keeps its number here:
// types, memories, tables, globals, tags and locals. Only functions are reached in another way, through
// the table of all functions that the rewriter added.
import { ByteWriter, type Declarations, externalKinds, type NoteMove } from "../binary/index.ts";
import type { ExternalKind, Limits } from "../binary/index.ts";
import { readBinary, SectionId, sectionReader } from "../binary/index.ts";
import { captureBody, type CaptureSource, TypeList } from "../rewrite/index.ts";
import { writeContinuation } from "./continuation-body.ts";
import { writeExceptionTaker } from "./exception-taker.ts";
import { takerResults, takers } from "./frame-store-module.ts";

/** Names by which a continuation imports what belongs to the program, with an index behind. */
export const continuationImport = {
  store: "store",
  memory: "memory",
  table: "table",
  global: "global",
  tag: "tag",
  continuations: "continuations",
  returns: "returns",
} as const;

/** Functions of the module behind those imported. */
export const takeException = takers.length;
const continuation = takeException + 1;

export const continuationExport = "continue";

/**
 * The bytes of a module that goes on at the given call of the given function. `noteMove` is told where in
 * the body of its last function the bytes of the source went.
 */
export function continuationModule(
  source: CaptureSource,
  functionIndex: number,
  callNumber: number,
  noteMove?: NoteMove,
): Uint8Array<ArrayBuffer> {
  const { declarations, module } = source;
  const types = new TypeList(declarations.types.length);
  const scan = source.scan.functions[functionIndex - module.importedFunctionCount];
  const capture = captureBody(source, scan, functionIndex, callNumber);
  const body = writeContinuation(capture, callNumber, { source, types, noteMove });
  const helper = writeExceptionTaker(module);
  const functionTypes = [types.index([], [exnref]), types.index([], capture.type.results)];
  const takerTypes = takerResults.map((result) => types.index([], [result]));
  const unwindType = types.index([], []);

  const out = new ByteWriter(body.length * 2 + 65536);
  out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(out, SectionId.type, typeSection(source, types));
  section(out, SectionId.import, importSection(declarations, takerTypes, unwindType));
  section(
    out,
    SectionId.function,
    entries(functionTypes.map((type) => new ByteWriter(8).u32(type))),
  );
  const name = new ByteWriter().name(continuationExport).u8(0).u32(continuation);
  section(out, SectionId.export, entries([name]));
  section(
    out,
    SectionId.code,
    entries([helper, body].map((one) => new ByteWriter(one.length + 8).sized(one))),
  );
  section(out, SectionId.custom, moduleName(continuationName(functionIndex, callNumber)));
  return out.finish();
}

/** What the engine calls the module in the stack of an error. */
export function continuationName(functionIndex: number, callNumber: number): string {
  return `continuation-${functionIndex}-${callNumber}`;
}

/** A name section with the name of the module. */
function moduleName(name: string): ByteWriter {
  const subsection = new ByteWriter().name(name);
  return new ByteWriter().name("name").u8(0).sized(subsection.view());
}

const exnref = 0x69;

function section(out: ByteWriter, id: number, body: ByteWriter): void {
  out.u8(id).sized(body.view());
}

function entries(items: readonly ByteWriter[]): ByteWriter {
  const out = new ByteWriter(1024).u32(items.length);
  for (const item of items) out.raw(item.view());
  return out;
}

/** The program's own types and those that the continuation adds. */
function typeSection({ bytes }: CaptureSource, types: TypeList): ByteWriter {
  const reader = sectionReader(readBinary(bytes), SectionId.type);
  const out = new ByteWriter(1024).u32((reader?.u32() ?? 0) + types.entries.length);
  if (reader !== undefined) out.range(reader.bytes, reader.position, reader.end);
  for (const entry of types.entries) out.raw(entry);
  return out;
}

function importSection(
  declarations: Declarations,
  takerTypes: readonly number[],
  unwindType: number,
): ByteWriter {
  const { memories, tables, globals, tags } = declarations;
  const items: ByteWriter[] = [];
  const add = (module: string, name: string, kind: ExternalKind): ByteWriter => {
    const item = new ByteWriter(64).name(module).name(name).u8(externalKinds.indexOf(kind));
    items.push(item);
    return item;
  };
  takers.forEach((name, index) => {
    add(continuationImport.store, name, "function").u32(takerTypes[index]!);
  });
  memories.forEach((limits, index) => {
    writeLimits(add(continuationImport.memory, `${index}`, "memory"), limits);
  });
  tables.forEach(({ element, limits }, index) => {
    writeLimits(add(continuationImport.table, `${index}`, "table").raw(element.encoded), limits);
  });
  const functionTable = add(continuationImport.table, `${tables.length + 1}`, "table");
  functionTable.raw(openTable);
  add(continuationImport.continuations, "table", "table").raw(openTable);
  add(continuationImport.returns, "table", "table").raw(openTable);
  globals.forEach(({ type, isMutable }, index) => {
    const item = add(continuationImport.global, `${index}`, "global").raw(type.encoded);
    item.u8(isMutable ? 1 : 0);
  });
  [...tags, unwindType].forEach((type, index) => {
    add(continuationImport.tag, `${index}`, "tag").u8(0).u32(type);
  });
  return entries(items);
}

/** Functions, any number of them. */
const openTable = [0x70, 0, 0];

function writeLimits(out: ByteWriter, { flags, minimum, maximum }: Limits): void {
  out.u8(flags).u32(minimum);
  if (maximum !== undefined) out.u32(maximum);
}
