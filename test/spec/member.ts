// An instance of a script, with what is needed to call it exactly and to take its stack out.
import { type Declarations, functionType } from "../../src/process/wasm/binary/index.ts";
import type { FunctionType } from "../../src/process/wasm/binary/index.ts";
import type { UnwindingStack } from "../../src/process/wasm/resume/index.ts";
import { type Answer, typed } from "./value.ts";

export interface Made {
  instance: WebAssembly.Instance;
  stack: UnwindingStack | undefined;
}

export interface Member extends Made {
  readonly declarations: Declarations;
  /** One more instance, with the same imports. */
  readonly make: () => Made;
  /** Its calls may lead into other programs, or theirs into it. */
  isEntangled: boolean;
  /** Others have what is its own, or it has what is theirs, so no instance can stand in for it. */
  isHeld: boolean;
}

/** A command speaks of an export that its module does not have. */
class NotExportedError extends Error {
  override readonly name = "NotExportedError";
}

export interface ExportedFunction {
  readonly called: (...values: unknown[]) => unknown;
  readonly signature: FunctionType;
}

export function exportedFunction(
  { instance, declarations }: Member,
  field: string,
): ExportedFunction {
  const found = declarations.exports.find(
    ({ name, kind }) => name === field && kind === "function",
  );
  const signature = found && functionType(declarations, found.index);
  const called = instance.exports[field];
  if (signature === undefined || typeof called !== "function") {
    throw new NotExportedError(`There is no function "${field}".`);
  }
  return { called: called as ExportedFunction["called"], signature };
}

export function exportedGlobal({ instance, declarations }: Member, field: string): Answer {
  const found = declarations.exports.find(({ name, kind }) => name === field && kind === "global");
  const global = instance.exports[field];
  if (found === undefined || !(global instanceof WebAssembly.Global)) {
    throw new NotExportedError(`There is no global "${field}".`);
  }
  const value = global.value as number | bigint | null;
  if (value === null) return { kind: "reference", value };
  return typed({ kind: "number", number: value }, declarations.globals[found.index].type.name);
}

/** Whether some of its state is another's. */
export function sharesState({ imports }: Declarations): boolean {
  return imports.some(({ kind }) => kind !== "function");
}

/** Whether calls may cross between this program and others that it is linked with. */
export function isLinkedWithCode({ imports }: Declarations): boolean {
  return imports.some(
    ({ module, kind }) => kind === "table" || (kind === "function" && module !== "spectest"),
  );
}
