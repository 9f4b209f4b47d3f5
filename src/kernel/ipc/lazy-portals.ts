// Portal calls that the fast path entered without writing it down, and the writing down: caller that
// waits, reply, activation. Every event but the fast path's own does it first.
import { assert } from "../../base/index.ts";
import { type Kernel, lazyEntryShift } from "../kernel.ts";
import { enterWritten } from "./portal.ts";

/**
 * Writes down what the fast path left out: callers that wait, activations that run. Every event but
 * the two above does this first, so that nobody ever sees the difference.
 */
export function materialize(k: Kernel): void {
  const { lazyCount, portalDepth, current, portal } = k;
  k.lazyCount = 0;
  k.portalDepth -= lazyCount;
  for (let depth = k.portalDepth; depth < portalDepth; depth++) {
    const entry = depth << lazyEntryShift;
    k.current = k.lazyPortals[entry]!;
    const { lazyPortals } = k;
    enterWritten(k, lazyPortals[entry + 1]!, lazyPortals[entry + 2]!, lazyPortals[entry + 3]!);
  }
  assert(k.current === current, "what was left out leads to what runs", k.current, current);
  k.portal = portal;
}
