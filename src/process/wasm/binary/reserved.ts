// The names that preparation adds to a module, and the refusal of programs that use them already:
// a program that could import or export them itself could pose as its own preparer.
import { InvalidModuleError } from "./invalid-module-error.ts";
import { SectionId, findSection } from "./sections.ts";
import type { WasmBinary } from "./sections.ts";
import type { Declarations } from "./declarations.ts";

/** Module name of the imports that preparation adds. */
export const reservedModule = "shoal";

/** Imports that preparation adds, all from `reservedModule`. */
export const ReservedImport = {
  preempt: "preempt",
  atomicWait32: "atomic_wait32",
  atomicWait64: "atomic_wait64",
  atomicNotify: "atomic_notify",
} as const;

/** Exports that preparation adds. Prefixes are followed by an index. */
export const ReservedExport = {
  fuel: "shoal_fuel",
  start: "shoal_start",
  globalPrefix: "shoal_global_",
  tablePrefix: "shoal_table_",
  memoryPrefix: "shoal_memory_",
  captureMemory: "shoal_capture_memory",
  tagPrefix: "shoal_tag_",
  unwindTag: "shoal_unwind",
  captureTable: "shoal_capture_table",
  functionTable: "shoal_functions",
  fillFunctions: "shoal_fill_functions",
  asyncifyPrefix: "asyncify_",
} as const;

const reservedImports: ReadonlySet<string> = new Set(Object.values(ReservedImport));
const reservedExports = Object.values(ReservedExport);
const advice = "Give the original program, not one that was prepared before, or rename it.";

export function refuseReservedNames(binary: WasmBinary, declarations: Declarations): void {
  for (const { module, name } of declarations.imports) {
    if (module !== reservedModule || !reservedImports.has(name)) continue;
    const offset = findSection(binary, SectionId.import)?.start ?? 0;
    throw new InvalidModuleError(`it imports the reserved name ${module}.${name}`, offset, advice);
  }
  for (const { name } of declarations.exports) {
    if (!reservedExports.some((reserved) => name.startsWith(reserved))) continue;
    const offset = findSection(binary, SectionId.export)?.start ?? 0;
    throw new InvalidModuleError(`it exports the reserved name ${name}`, offset, advice);
  }
}
