// Which of a module's functions and globals an adapter has to wrap or carry, drawn from the facts:
// the imports it can link through small wasm wrappers, the exports it can call, and what must be
// saved beside memory and stack when the process is captured.
import { ReservedExport, ReservedImport, reservedModule } from "../binary/index.ts";
import type { ExportFact, ImportFact, ModuleFacts, MutableGlobalFact, Signature } from "./facts.ts";

export type FunctionImport = ImportFact & { readonly signature: Signature };
export type FunctionExport = ExportFact & { readonly signature: Signature };

const numberTypes: ReadonlySet<string> = new Set(["i32", "i64", "f32", "f64"]);

/** Whether a plain wrapper can pass these types: numbers, and no more than one result. */
export function isWrappable({ parameters, results }: Signature): boolean {
  return results.length <= 1 && [...parameters, ...results].every((type) => numberTypes.has(type));
}

/** The functions a program itself imports, those added by preparation left out. */
export function functionImports(facts: ModuleFacts): FunctionImport[] {
  return facts.imports.filter(
    (one): one is FunctionImport => one.signature !== undefined && !isAddedImport(one),
  );
}

/** The functions a program itself exports, those added by preparation left out. */
export function functionExports(facts: ModuleFacts): FunctionExport[] {
  return facts.exports.filter(
    (one): one is FunctionExport => one.signature !== undefined && !isAddedExport(one.name),
  );
}

/**
 * The mutable globals that belong to the image of a capturable process, each under its exported
 * name: all but the fuel counter and those that the capture itself works with.
 */
export function imageGlobals(facts: ModuleFacts): (MutableGlobalFact & { exportedAs: string })[] {
  return facts.mutableGlobals.filter(
    (one): one is MutableGlobalFact & { exportedAs: string } =>
      one.exportedAs !== undefined && one.exportedAs !== ReservedExport.fuel,
  );
}

/** Whether a module was prepared with fuel. */
export function hasFuel(facts: ModuleFacts): boolean {
  return facts.exports.some(({ name }) => name === ReservedExport.fuel);
}

/** Whether a module's stack can be captured. */
export function isCapturable(facts: ModuleFacts): boolean {
  return facts.exports.some(
    ({ name }) => name === ReservedExport.captureMemory || name === ReservedExport.unwindTag,
  );
}

function isAddedImport({ module, name }: ImportFact): boolean {
  return module === reservedModule && Object.values<string>(ReservedImport).includes(name);
}

function isAddedExport(name: string): boolean {
  return Object.values<string>(ReservedExport).some((reserved) => name.startsWith(reserved));
}
