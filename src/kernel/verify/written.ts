// The portal stack as it stands, or would stand if the fast path had written everything down. While
// `lazyCount` portals are unwritten, their callers and activations still look as they did before the
// calls: the bottom caller looks like the running thread, the activations look idle. Writing them down
// just to look would switch the fast path off, so the checks look at the kernel through this view:
// `current` and `depth` are those of the written part, and the notes of the rest are checked here.
import { ThreadState } from "../../abi/index.ts";
import { assert, isLive } from "../../base/index.ts";
import { Kind } from "../../abi/index.ts";
import {
  Endpoint,
  endpointShift,
  Header,
  Space,
  spaceShift,
  Thread,
  ThreadFlag,
  threadShift,
} from "../layout.ts";
import { type Kernel, lazyEntryShift } from "../kernel.ts";

export interface Written {
  /** The thread that runs, or ran before the first unwritten portal was entered. */
  readonly current: number;
  readonly depth: number;
}

export function writtenPart(k: Kernel): Written {
  const depth = k.portalDepth - k.lazyCount;
  assert(k.lazyCount >= 0 && depth >= 0, "portals are counted", k.lazyCount, k.portalDepth);
  if (k.lazyCount === 0) return { current: k.current, depth };
  return { current: k.lazyPortals[depth << lazyEntryShift], depth };
}

/** How many portals of a space are active without having been written down: 0 or 1. */
export function unwrittenActive(k: Kernel, space: number): number {
  let active = 0;
  for (let depth = k.portalDepth - k.lazyCount; depth < k.portalDepth; depth++) {
    const endpoint = k.lazyPortals[(depth << lazyEntryShift) + 1];
    if (k.endpoints[(endpoint << endpointShift) + Endpoint.space] === space) active++;
  }
  return active;
}

/** The running thread, and the portals between it and the bottom of its stack. */
export function verifyPortalStack(k: Kernel, written: Written): void {
  if (k.current === 0) {
    assert(k.portalDepth === 0, "an idle core has no portal on its stack", k.portalDepth);
    assert(k.lazyCount === 0, "an idle core has nothing unwritten", k.lazyCount);
    return;
  }
  verifyUnwritten(k, written);
  const threads = k.tables[Kind.thread];
  assert(isLive(threads, written.current), "the running thread is live", written.current);
  const state = k.threads[(written.current << threadShift) + Thread.state];
  assert(state === ThreadState.ready, "the running thread is ready", written.current, state);
  let row = written.current;
  for (let depth = written.depth; depth > 0; depth--) row = verifyAttached(k, row, depth);
  if (row === 0) return;
  const flags = k.threads[(row << threadShift) + Thread.flags];
  assert((flags & ThreadFlag.attached) === 0, "the bottom of a stack is a thread", row, flags);
}

/** An activation on the stack. Answers what is below it, 0 if that has gone. */
function verifyAttached(k: Kernel, row: number, depth: number): number {
  const base = row << threadShift;
  const flags = k.threads[base + Thread.flags];
  assert((flags & ThreadFlag.attached) !== 0, "as many attached as the stack is deep", row, depth);
  const below = k.threads[base + Thread.below];
  const generation = k.threads[(below << threadShift) + Header.generation];
  const isThere = below !== 0 && generation === k.threads[base + Thread.belowGeneration];
  assert(isThere || depth === 1, "only the bottom of a stack can go under it", row, below);
  return isThere ? below : 0;
}

/** Every note leads from a caller to an idle activation at the head of its space's list. */
function verifyUnwritten(k: Kernel, written: Written): void {
  let caller = written.current;
  for (let depth = written.depth; depth < k.portalDepth; depth++) {
    const entry = depth << lazyEntryShift;
    assert(
      k.lazyPortals[entry] === caller,
      "a note names the caller",
      k.lazyPortals[entry],
      caller,
    );
    const endpoint = k.lazyPortals[entry + 1] << endpointShift;
    const space = k.endpoints[endpoint + Endpoint.space];
    assert(k.endpoints[endpoint + Endpoint.portal] !== 0, "a note names a portal", endpoint);
    const active = k.spaces[(space << spaceShift) + Space.activeCount];
    assert(active === 1, "an unwritten portal is the only active one", space, active);
    caller = k.spaces[(space << spaceShift) + Space.firstIdleActivation];
    assert(caller !== 0, "an unwritten portal has an activation waiting", space);
  }
  assert(k.current === caller, "the notes lead to the running activation", k.current, caller);
}
