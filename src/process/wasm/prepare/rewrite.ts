// The rewriting steps of preparation in their order, for whichever thread runs them.
import { exposeInternals } from "./expose.ts";
import { insertFuel } from "./fuel.ts";
import { readBinary } from "./binary.ts";
import { readDeclarations } from "./declarations.ts";

export interface RewriteOptions {
  readonly fuel: boolean;
  readonly capture: "none" | "asyncify";
}

/** The module rewritten; only structure is checked here, the engine judges the rest afterwards. */
export async function rewriteModule(
  bytes: Uint8Array,
  options: RewriteOptions,
): Promise<Uint8Array> {
  const withState = options.capture !== "none";
  const original = readBinary(bytes);
  let rewritten = exposeInternals(original, readDeclarations(original), withState);
  if (options.fuel) {
    const exposed = readBinary(rewritten);
    rewritten = insertFuel(exposed, readDeclarations(exposed));
  }
  if (options.capture === "asyncify") {
    const { asyncify } = await import("./asyncify.ts");
    rewritten = asyncify(rewritten);
  }
  return rewritten;
}
