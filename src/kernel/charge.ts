// Charges: what a space uses up counts against it and against every space above it, up to the one
// that nobody made. So limits add up: a space cannot get past its own by making spaces with greater
// ones. Charged are objects, pages of slots after a space's first, and reply objects without a
// thread. Depth is bounded (`spaceDepthMax`), and with it every walk up.
import { assert } from "../base/index.ts";
import { Header, Space, spaceShift } from "./layout.ts";
import type { Kernel } from "./kernel.ts";

/** Whether a space and all above it may have one thing more. */
export function hasRoom(k: Kernel, space: number): boolean {
  for (let at = space; at !== 0; at = makerOf(k, at)) {
    const base = at << spaceShift;
    if (k.spaces[base + Space.objectCount]! >= k.spaces[base + Space.objectLimit]!) return false;
  }
  return true;
}

export function charge(k: Kernel, space: number): void {
  for (let at = space; at !== 0; at = makerOf(k, at)) {
    k.spaces[(at << spaceShift) + Space.objectCount]!++;
  }
}

export function discharge(k: Kernel, space: number): void {
  for (let at = space; at !== 0; at = makerOf(k, at)) {
    const count = (at << spaceShift) + Space.objectCount;
    assert(k.spaces[count]! > 0, "what is discharged was charged", at, space);
    k.spaces[count]!--;
  }
}

/** The space that made a space, 0 for the kernel's root. */
export function makerOf(k: Kernel, space: number): number {
  return k.spaces[(space << spaceShift) + Header.owner]!;
}
