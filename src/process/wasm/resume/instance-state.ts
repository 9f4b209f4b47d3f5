// The state of an instance beside its stacks: memories, changing globals, tables that the program writes
// to, and which segments it has dropped. Written into a fresh instance, with the frames put back, it is
// the same program at the same place.
import type { Declarations } from "../binary/index.ts";
import { type CapturableProgram, filledFunctions } from "./capturable-program.ts";
import type { FrameStore } from "./frame-store.ts";
import { globalsModule } from "./globals-module.ts";
import type { InstanceReferences } from "./instance-references.ts";

export interface InstanceState {
  /** By index: views of the memories themselves, which change as soon as the instance goes on. */
  readonly memories: readonly Uint8Array[];
  /** The changing globals, by index, as the frame store saves values. */
  readonly globals: Uint8Array<ArrayBuffer>;
  /** Each table that code writes to. */
  readonly tables: readonly TableState[];
}

export interface TableState {
  /** Its index in the program. */
  readonly table: number;
  /** The function that each entry is, by index, or the handle of a value of the host; -1 for null. */
  readonly entries: readonly number[];
}

/** What is needed to reach into an instance. */
export interface InstanceAccess {
  readonly program: CapturableProgram;
  readonly instance: WebAssembly.Instance;
  readonly store: FrameStore;
  readonly references: InstanceReferences;
}

const pageBytes = 65536;

export function readState(access: InstanceAccess): InstanceState {
  const { program, store, references } = access;
  store.begin(references);
  globalsOf(access).save();
  const globals = store.written();
  const changed = [...program.source.scan.changedTables].toSorted((a, b) => a - b);
  return {
    memories: memoriesOf(access).map(({ buffer }) => new Uint8Array(buffer)),
    globals,
    tables: changed.map((table) => ({ table, entries: readTable(access, table) })),
  };
}

/** The memories of an instance, by index. */
export function memoriesOf({ program, instance }: InstanceAccess): WebAssembly.Memory[] {
  return program.source.declarations.memories.map((_, index) => memoryOf(program, instance, index));
}

/** Into an instance of the same program, whose start function has not run. */
export function writeState(access: InstanceAccess, state: InstanceState): void {
  const { program, instance, store, references } = access;
  state.memories.forEach((bytes, index) => {
    const memory = memoryOf(program, instance, index);
    const missing = bytes.length - memory.buffer.byteLength;
    if (missing > 0) growMemory(memory, program.source.declarations, index, missing / pageBytes);
    new Uint8Array(memory.buffer).set(bytes);
  });
  store.begin(references, state.globals);
  globalsOf(access).load();
  for (const { table, entries } of state.tables) writeTable(access, table, entries);
  dropSegments(access);
}

// A memory with 64-bit addresses counts its pages in big integers.
function growMemory(
  memory: WebAssembly.Memory,
  { memories }: Declarations,
  index: number,
  pages: number,
): void {
  const is64 = memories[index]?.is64 === true;
  (memory.grow as (pages: number | bigint) => unknown)(is64 ? BigInt(pages) : pages);
}

function memoryOf(
  program: CapturableProgram,
  instance: WebAssembly.Instance,
  index: number,
): WebAssembly.Memory {
  return program.exportOf(instance, "memory", index) as WebAssembly.Memory; // its kind says so
}

function tableOf({ program, instance }: InstanceAccess, index: number): WebAssembly.Table {
  return program.exportOf(instance, "table", index) as WebAssembly.Table; // its kind says so
}

function isFunctionTable({ program }: InstanceAccess, index: number): boolean {
  return program.source.declarations.tables[index]?.element.name === "funcref";
}

function readTable(access: InstanceAccess, index: number): number[] {
  const table = tableOf(access, index);
  const { references } = access;
  const isFunctions = isFunctionTable(access, index);
  return Array.from({ length: table.length }, (_, at) => {
    const value = table.get(at);
    return isFunctions ? references.functionNumber(value) : references.externalNumber(value);
  });
}

function writeTable(access: InstanceAccess, index: number, numbers: readonly number[]): void {
  const table = tableOf(access, index);
  const { references } = access;
  const isFunctions = isFunctionTable(access, index);
  if (numbers.length > table.length) table.grow(numbers.length - table.length, null);
  numbers.forEach((number, at) => {
    table.set(at, isFunctions ? references.functionAt(number) : references.externalAt(number));
  });
}

function globalsOf(access: InstanceAccess): { save(): void; load(): void } {
  const { program, instance, store } = access;
  const indices = program.changingGlobals;
  program.globals ??= new WebAssembly.Module(globalsModule(program.source, indices));
  const globals = indices.map((index) => [`${index}`, program.exportOf(instance, "global", index)]);
  const linked = new WebAssembly.Instance(program.globals, {
    store: { ...store.exports },
    global: Object.fromEntries(globals),
  });
  // The module was made with these exports.
  return linked.exports as unknown as { save(): void; load(): void };
}

/** Drops again what the globals, just loaded, say was dropped. */
function dropSegments({ program, instance }: InstanceAccess): void {
  for (const { droppedGlobal, functionIndex } of program.source.additions.segments.values()) {
    if (droppedGlobal === undefined) continue;
    const dropped = program.exportOf(instance, "global", droppedGlobal) as WebAssembly.Global;
    if (dropped.value !== 1) continue;
    (filledFunctions(instance).get(functionIndex) as () => void)(); // takes and gives nothing
  }
}
