// Decides, before anything is written, what fuel insertion adds to a module and under which
// indices.
//
// Imports stand before all other functions, so adding some moves every defined function up by their
// number; helpers, the fuel global and new types are appended at the end and move nothing.
import { Opcode, ReservedImport } from "../binary/index.ts";
import type { Declarations, IndexMap, WasmBinary } from "../binary/index.ts";
import { readCallGraph } from "./call-graph.ts";
import { entriesToCheck } from "./fuel-entries.ts";
import { helperKey } from "./fuel-scan.ts";
import type { CodeScan, HelperUse } from "./fuel-scan.ts";

export interface FuelPlan {
  /** Names of the imports added, in order; the first is the preemption call. */
  readonly addedImports: readonly string[];
  readonly helpers: readonly HelperUse[];
  /** Function index of each helper, by its key. */
  readonly helperIndices: ReadonlyMap<string, number>;
  /** Function index of each added import, by its name. */
  readonly importIndices: ReadonlyMap<string, number>;
  readonly mapFunction: IndexMap;
  readonly fuelGlobal: number;
  readonly preempt: number;
  /** For each defined function, whether its entry is a place to count. */
  readonly checksEntry: readonly boolean[];
}

const waitImports: readonly (readonly [opcode: number, name: string])[] = [
  [Opcode.atomicNotify, ReservedImport.atomicNotify],
  [Opcode.atomicWait32, ReservedImport.atomicWait32],
  [Opcode.atomicWait64, ReservedImport.atomicWait64],
];

export function planFuel(binary: WasmBinary, declarations: Declarations, scan: CodeScan): FuelPlan {
  const importedCount = declarations.importedCounts.function;
  const helpers = [...scan.helpers.values()];
  const addedImports: string[] = [ReservedImport.preempt];
  for (const [opcode, name] of waitImports) {
    if (helpers.some((helper) => helper.opcode === opcode)) addedImports.push(name);
  }
  const firstHelper = declarations.functions.length + addedImports.length;
  return {
    addedImports,
    helpers,
    helperIndices: new Map(
      helpers.map((use, k) => [helperKey(use.opcode, use.first, use.second), firstHelper + k]),
    ),
    importIndices: new Map(addedImports.map((name, k) => [name, importedCount + k])),
    mapFunction: (index) => (index < importedCount ? index : index + addedImports.length),
    fuelGlobal: declarations.globals.length,
    preempt: importedCount,
    checksEntry: entriesToCheck(readCallGraph(binary, declarations, scan)),
  };
}
