// Which program an error broke. Noted for every fault, so it is little; where in the program that was is
// found out only for who asks, and by code that is loaded only then.
import type { FaultFrame } from "./fault-frames.ts";
import type { PreparedModule } from "./prepare/index.ts";

const origins = new WeakMap<WeakKey, PreparedModule>();

export function noteFault(error: unknown, prepared: PreparedModule): void {
  if (error instanceof Error) origins.set(error, prepared);
}

/** The frames of WebAssembly code in the stack of an error, innermost first. */
export async function readFaultFrames(error: unknown): Promise<FaultFrame[]> {
  if (!(error instanceof Error)) return [];
  const { faultFrames } = await import("./fault-frames.ts");
  return faultFrames(error.stack ?? "", origins.get(error));
}
