// The state of an instance beside its stacks: memories, changing globals, tables that the program writes
// to, and which segments it has dropped. Written into a fresh instance, with the frames put back, it is
// the same program at the same place.
import type { Declarations } from "../binary/index.ts";
import { type CapturableProgram, filledFunctions } from "./capturable-program.ts";
import type { FrameStore } from "./frame-store.ts";
import { globalsModule } from "./globals-module.ts";
import type { InstanceReferences } from "./instance-references.ts";

export interface InstanceState {
  readonly memories: readonly Uint8Array<ArrayBuffer>[];
  /** The changing globals, by index, as the frame store saves values. */
  readonly globals: Uint8Array<ArrayBuffer>;
  /** Numbers of the entries of each table that code writes to, by table index. */
  readonly tables: ReadonlyMap<number, readonly number[]>;
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
  const { program, instance, store, references } = access;
  const { declarations, scan } = program.source;
  store.begin(references);
  globalsOf(access).save();
  const tables = [...scan.changedTables].map((index) => {
    return [index, readTable(access, index)] as const;
  });
  return {
    memories: declarations.memories.map((_, index) =>
      new Uint8Array(memoryOf(program, instance, index).buffer).slice(),
    ) as Uint8Array<ArrayBuffer>[], // a copy is never shared
    globals: store.written(),
    tables: new Map(tables),
  };
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
  for (const [index, numbers] of state.tables) writeTable(access, index, numbers);
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
