// A prepared program and the continuations made for it so far. One for all its instances: a
// continuation is compiled once for a program, and linked into each instance that needs it.
import { ReservedExport } from "../binary/index.ts";
import type { Declarations, ExternalKind } from "../binary/index.ts";
import type { CaptureSource, FrameTable } from "../rewrite/index.ts";
import { continuationModule } from "./continuation-module.ts";

export class CapturableProgram {
  readonly source: CaptureSource;
  readonly frames: FrameTable;
  /** Export name of everything that can be exported, by kind and index. */
  readonly exportNames: ReadonlyMap<string, string>;
  /** Indices of the globals that belong to the state of an instance. */
  readonly changingGlobals: readonly number[];
  /** The module that saves and loads them, once it was needed. */
  globals: WebAssembly.Module | undefined;
  readonly #continuations = new Map<string, WebAssembly.Module>();

  constructor(source: CaptureSource, frames: FrameTable) {
    this.source = source;
    this.frames = frames;
    this.exportNames = namesOf(source);
    this.changingGlobals = changingGlobals(source);
  }

  continuation(functionIndex: number, callNumber: number): WebAssembly.Module {
    const key = `${functionIndex} ${callNumber}`;
    let module = this.#continuations.get(key);
    if (module === undefined) {
      module = new WebAssembly.Module(continuationModule(this.source, functionIndex, callNumber));
      this.#continuations.set(key, module);
    }
    return module;
  }

  /** What an instance exports for something of the program; everything with state is exported. */
  exportOf(
    instance: WebAssembly.Instance,
    kind: ExternalKind,
    index: number,
  ): WebAssembly.ExportValue {
    const name = this.exportNames.get(`${kind} ${index}`);
    const value = name === undefined ? undefined : instance.exports[name];
    if (value === undefined) throw new Error(`The instance does not export ${kind} ${index}.`);
    return value;
  }
}

function namesOf({ declarations, additions }: CaptureSource): Map<string, string> {
  const names = new Map<string, string>();
  const all: Declarations["exports"] = [...declarations.exports, ...additions.exports];
  for (const { kind, index, name } of all) names.set(`${kind} ${index}`, name);
  return names;
}

/** The table of all functions of an instance, filled on first use. */
export function filledFunctions(instance: WebAssembly.Instance): WebAssembly.Table {
  const { exports } = instance;
  // The rewriter added both.
  const table = exports[ReservedExport.functionTable] as WebAssembly.Table;
  if (table.length === 0) (exports[ReservedExport.fillFunctions] as () => void)();
  return table;
}

function changingGlobals({ module, additions }: CaptureSource): number[] {
  const own = module.globals.flatMap(({ isMutable }, index) => (isMutable ? [index] : []));
  const dropped = [...additions.segments.values()].flatMap(({ droppedGlobal }) =>
    droppedGlobal === undefined ? [] : [droppedGlobal],
  );
  return [...own, ...dropped];
}
