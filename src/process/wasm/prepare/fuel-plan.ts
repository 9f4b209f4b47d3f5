// Decides, before anything is written, what fuel insertion adds to a module and under which
// indices.
//
// Imports stand before all other functions, so adding some moves every defined function up by their
// number; helpers, the fuel global and new types are appended at the end and move nothing.
import { Opcode, ReservedImport } from "../binary/index.ts";
import type { Declarations, IndexMap } from "../binary/index.ts";
import { helperKey } from "./fuel-scan.ts";
import type { BodyScan, CodeScan, HelperUse } from "./fuel-scan.ts";

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

// A function that can run at most this many instructions is not worth a check of its own: it delays
// the next check by microseconds.
const boundedCost = 2000;
const importCallCost = 100;
const callDepthExamined = 4;

const waitImports: readonly (readonly [opcode: number, name: string])[] = [
  [Opcode.atomicNotify, ReservedImport.atomicNotify],
  [Opcode.atomicWait32, ReservedImport.atomicWait32],
  [Opcode.atomicWait64, ReservedImport.atomicWait64],
];

export function planFuel(declarations: Declarations, scan: CodeScan): FuelPlan {
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
    checksEntry: entriesToCheck(scan.bodies, importedCount),
  };
}

// A loop counts at its head, so only a function that calls needs a check at its entry, and only
// when what it calls may take long: recursion always passes such a function. Bounds are found from
// the leaves upwards to a fixed depth, which keeps this linear whatever the call graph.
function entriesToCheck(bodies: readonly BodyScan[], importedCount: number): boolean[] {
  const bounds = bodies.map(() => Infinity);
  const costBetweenChecks = (body: BodyScan): number => {
    if (body.callsUnknown) return Infinity;
    let cost = body.cost;
    for (const callee of body.callees) {
      cost +=
        callee < importedCount ? importCallCost : (bounds[callee - importedCount] ?? Infinity);
    }
    return cost;
  };
  for (let depth = 0; depth < callDepthExamined; depth++) {
    bodies.forEach((body, position) => {
      if (body.hasLoop || bounds[position] !== Infinity) return;
      const cost = costBetweenChecks(body);
      if (cost <= boundedCost) bounds[position] = cost;
    });
  }
  return bodies.map((body) => {
    const makesCalls = body.callsUnknown || body.callees.length > 0;
    return makesCalls && costBetweenChecks(body) > boundedCost;
  });
}
