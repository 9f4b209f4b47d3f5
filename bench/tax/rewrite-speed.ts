// How fast the rewriter reads: bytes of the programs as they are, over the time to make them capturable.
import { rewriteForCapture } from "../../src/process/wasm/prepare/capture.ts";
import { median } from "../harness/statistics.ts";

export function rewriteMegabytesPerSecond(modules: readonly Uint8Array[], rounds: number): number {
  const byteCount = modules.reduce((sum, { length }) => sum + length, 0);
  const speeds = Array.from({ length: rounds }, () => {
    const startMs = performance.now();
    for (const bytes of modules) rewriteForCapture(bytes, false);
    return byteCount / 1000 / (performance.now() - startMs);
  });
  return median(speeds);
}
