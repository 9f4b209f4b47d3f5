// The rewriting steps of preparation in their order, for whichever thread runs them.
import { insertFuel } from "./fuel.ts";
import { exposeInternals, readBinary, readDeclarations } from "../binary/index.ts";

/** How a stack can be taken out: not at all, by our own rewriter, or by Binaryen's Asyncify. */
export type CaptureMethod = "none" | "unwind" | "asyncify";

export interface RewriteOptions {
  readonly fuel: boolean;
  readonly capture: CaptureMethod;
}

/** The module rewritten; only structure is checked here, the engine judges the rest afterwards. */
export async function rewriteModule(
  bytes: Uint8Array,
  options: RewriteOptions,
): Promise<Uint8Array> {
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
