// The rewriting steps of preparation in their order, for whichever thread runs them.
import { refuseWhatTheEngineRefuses } from "./engine-refusal.ts";
import { insertFuel } from "./fuel.ts";
import { exposeInternals, readBinary, readDeclarations } from "../binary/index.ts";

/** How a stack can be taken out: not at all, by our own rewriter, or by Binaryen's Asyncify. */
export type CaptureMethod = "none" | "unwind" | "asyncify";

export interface RewriteOptions {
  readonly fuel: boolean;
  readonly capture: CaptureMethod;
}

/**
 * The module rewritten.
 *
 * @throws InvalidModuleError for one that is malformed, whoever finds it: our readers come first, and
 *   the engine judges what they do not look at
 */
export async function rewriteModule(
  bytes: Uint8Array,
  options: RewriteOptions,
): Promise<Uint8Array> {
  const rewritten = await rewrite(bytes, options);
  refuseWhatTheEngineRefuses(bytes);
  return rewritten;
}

async function rewrite(bytes: Uint8Array, options: RewriteOptions): Promise<Uint8Array> {
  if (options.capture === "unwind") {
    const { rewriteForCapture } = await import("./capture.ts");
    return rewriteForCapture(bytes, options.fuel);
  }
  const exposure = options.capture === "none" ? "start" : "state";
  const original = readBinary(bytes);
  let rewritten = exposeInternals(original, readDeclarations(original), exposure);
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
