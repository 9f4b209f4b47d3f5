// Everything a module declares outside its code: types, imports, functions, tables, memories,
// globals, exports, start. Imported entities come first in every index space, as in the format.
// Read without touching the code or data sections, so it costs little even for large programs.
import type { ByteReader } from "./byte-reader.ts";
import type { WasmBinary } from "./sections.ts";
import type { FunctionType, Limits, ValueType } from "./value-type.ts";
import { SectionId, sectionReader } from "./sections.ts";
import { skipConstantExpression } from "./instruction.ts";
import { readLimits, readTypes, readValueType } from "./value-type.ts";

export const externalKinds = ["function", "table", "memory", "global", "tag"] as const;
export type ExternalKind = (typeof externalKinds)[number];

export interface ImportDeclaration {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** Index in its own kind's index space. */
  readonly index: number;
}

export interface ExportDeclaration {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}

export interface TableDeclaration {
  readonly element: ValueType;
  readonly limits: Limits;
}

export interface GlobalDeclaration {
  readonly type: ValueType;
  readonly isMutable: boolean;
}

export interface Declarations {
  readonly types: readonly (FunctionType | undefined)[];
  readonly imports: readonly ImportDeclaration[];
  /** Type index of every function. */
  readonly functions: readonly number[];
  readonly tables: readonly TableDeclaration[];
  readonly memories: readonly Limits[];
  readonly globals: readonly GlobalDeclaration[];
  /** Type index of every exception tag. */
  readonly tags: readonly number[];
  readonly exports: readonly ExportDeclaration[];
  readonly startFunction: number | undefined;
  /** How many entries of each index space are imports. */
  readonly importedCounts: Readonly<Record<ExternalKind, number>>;
}

interface Draft {
  readonly imports: ImportDeclaration[];
  readonly functions: number[];
  readonly tables: TableDeclaration[];
  readonly memories: Limits[];
  readonly globals: GlobalDeclaration[];
  readonly tags: number[];
  readonly importedCounts: Record<ExternalKind, number>;
}

type SectionVisitor = (reader: ByteReader) => void;

export function readDeclarations(binary: WasmBinary): Declarations {
  const draft: Draft = {
    imports: [],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    tags: [],
    importedCounts: { function: 0, table: 0, memory: 0, global: 0, tag: 0 },
  };
  let types: (FunctionType | undefined)[] = [];
  const exports: ExportDeclaration[] = [];
  let startFunction: number | undefined;
  visit(binary, SectionId.type, (reader) => (types = readTypes(reader)));
  visitEach(binary, SectionId.import, (reader) => readImport(reader, draft));
  visitEach(binary, SectionId.function, (reader) => draft.functions.push(reader.u32()));
  visitEach(binary, SectionId.table, (reader) => draft.tables.push(readDefinedTable(reader)));
  visitEach(binary, SectionId.memory, (reader) => draft.memories.push(readLimits(reader)));
  visitEach(binary, SectionId.tag, (reader) => draft.tags.push(readTag(reader)));
  visitEach(binary, SectionId.global, (reader) => {
    draft.globals.push(readGlobal(reader));
    skipConstantExpression(reader);
  });
  visitEach(binary, SectionId.export, (reader) => exports.push(readExport(reader)));
  visit(binary, SectionId.start, (reader) => (startFunction = reader.u32()));
  return { ...draft, types, exports, startFunction };
}

/** The signature of a function; undefined when the module names a type that is not there. */
export function functionType(declarations: Declarations, index: number): FunctionType | undefined {
  return declarations.types[declarations.functions[index]];
}

function visit(binary: WasmBinary, id: number, visitor: SectionVisitor): void {
  const reader = sectionReader(binary, id);
  if (reader === undefined) return;
  visitor(reader);
  if (!reader.isAtEnd()) reader.fail(`section ${id} has bytes after its last entry`);
}

function visitEach(binary: WasmBinary, id: number, visitor: SectionVisitor): void {
  visit(binary, id, (reader) => {
    for (let left = reader.u32(); left > 0; left--) visitor(reader);
  });
}

function readKind(reader: ByteReader): ExternalKind {
  const start = reader.position;
  const code = reader.u8();
  if (code >= externalKinds.length) reader.fail(`import or export kind ${code} is unknown`, start);
  return externalKinds[code];
}

function readImport(reader: ByteReader, draft: Draft): void {
  const module = reader.name();
  const name = reader.name();
  const kind = readKind(reader);
  const index = draft.importedCounts[kind]++;
  draft.imports.push({ module, name, kind, index });
  if (kind === "function") draft.functions.push(reader.u32());
  else if (kind === "table") draft.tables.push(readTable(reader));
  else if (kind === "memory") draft.memories.push(readLimits(reader));
  else if (kind === "global") draft.globals.push(readGlobal(reader));
  else draft.tags.push(readTag(reader));
}

function readTag(reader: ByteReader): number {
  reader.skip(1); // attribute: always an exception
  return reader.u32();
}

function readTable(reader: ByteReader): TableDeclaration {
  return { element: readValueType(reader), limits: readLimits(reader) };
}

// A table defined with an initial value begins with 0x40 0x00 and ends with an expression.
function readDefinedTable(reader: ByteReader): TableDeclaration {
  const hasInitialValue = reader.bytes[reader.position] === 0x40;
  if (hasInitialValue) reader.skip(2);
  const table = readTable(reader);
  if (hasInitialValue) skipConstantExpression(reader);
  return table;
}

function readGlobal(reader: ByteReader): GlobalDeclaration {
  const type = readValueType(reader);
  const start = reader.position;
  const mutability = reader.u8();
  if (mutability > 1) reader.fail(`global mutability ${mutability} is unknown`, start);
  return { type, isMutable: mutability === 1 };
}

function readExport(reader: ByteReader): ExportDeclaration {
  const name = reader.name();
  return { name, kind: readKind(reader), index: reader.u32() };
}
