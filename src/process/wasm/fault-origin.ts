// Which program an error broke. Noted for every fault, so it is little; where in the program that was is
// found out only for who asks, and by code that is loaded only then.
import type { FaultStack } from "./fault-frames.ts";
import type { PreparedModule } from "./prepare/index.ts";

const origins = new WeakMap<WeakKey, PreparedModule>();

export function noteFault(error: unknown, prepared: PreparedModule): void {
  if (error instanceof Error) origins.set(error, prepared);
}

/** The WebAssembly code in the stack of an error. */
export async function readFaultStack(error: unknown): Promise<FaultStack> {
  if (!(error instanceof Error)) return { frames: [], leftOut: [] };
  const { faultStack } = await import("./fault-frames.ts");
  return faultStack(error.stack ?? "", origins.get(error));
}
