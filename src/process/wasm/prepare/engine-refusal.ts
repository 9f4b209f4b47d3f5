// What the engine says against a module, as a refusal of ours.
import { InvalidModuleError } from "../binary/index.ts";

/** The engine says "WebAssembly.compile(): <reason> @+<offset>". */
export function refusalOf(error: WebAssembly.CompileError): InvalidModuleError {
  const parts = /^WebAssembly\.\w+\(\): (.*?)(?: @\+(\d+))?$/s.exec(error.message);
  const reason = parts?.[1] ?? error.message;
  return new InvalidModuleError(`the engine refuses it: ${reason}`, Number(parts?.[2] ?? 0));
}

/**
 * A module that is not valid must not be rewritten: what we add has the numbers behind the module's own,
 * and a number too high by one, which the engine would have refused, would name it.
 *
 * @throws InvalidModuleError with the engine's reason and offset
 */
export function refuseWhatTheEngineRefuses(bytes: Uint8Array): void {
  const source = bytes as Uint8Array<ArrayBuffer>; // the engine itself refuses a shared buffer
  if (WebAssembly.validate(source)) return;
  try {
    new WebAssembly.Module(source);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) throw refusalOf(error);
    throw error;
  }
}
