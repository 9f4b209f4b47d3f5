// Calls on capabilities: mint, copy, move, delete, revoke. Slots are of the caller's space.
import { Kind, Next, Register, revokeStepCount, Right, Status } from "../../abi/index.ts";
import {
  areRights,
  badgeOf,
  currentSpace,
  deriveCapability,
  findCapability,
  moveCapability,
  reserveSlot,
  rightsOf,
  slotRow,
} from "../capability.ts";
import { Capability, capabilityShift } from "../layout.ts";
import { eventWaits, type Kernel } from "../kernel.ts";
import { deleteStep } from "../object/delete.ts";
import { finish } from "../waiting.ts";

/** a0: from, a1: to, a2: rights (0: all it has), a3: badge (0: the one it has; a badge is set once). */
export function capabilityMint(k: Kernel): number {
  const from = findCapability(k, k.registers[Register.a0]!, Kind.none, Right.derive);
  if (from === 0) return finish(k, k.refusal);
  const rights = k.registers[Register.a2]!;
  const badge = k.registers[Register.a3]!;
  if (rights !== 0 && !areRights(rights)) return finish(k, Status.badArgument);
  if ((rights & ~rightsOf(k, from)) !== 0) return finish(k, Status.noRight);
  if (badge !== 0 && badgeOf(k, from) !== 0) return finish(k, Status.noRight);
  return derive(k, from, rights === 0 ? rightsOf(k, from) : rights, badge || badgeOf(k, from));
}

/** a0: from, a1: to. */
export function capabilityCopy(k: Kernel): number {
  const from = findCapability(k, k.registers[Register.a0]!, Kind.none, Right.derive);
  if (from === 0) return finish(k, k.refusal);
  return derive(k, from, rightsOf(k, from), badgeOf(k, from));
}

function derive(k: Kernel, from: number, rights: number, badge: number): number {
  const space = currentSpace(k);
  const slot = k.registers[Register.a1]!;
  const refused = reserveSlot(k, space, slot);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  deriveCapability(k, from, space, slot, { rights, badge });
  return finish(k, Status.ok);
}

/** a0: from, a1: to. Long, since children go along: they become children of the moved one. */
export function capabilityMove(k: Kernel): number {
  const space = currentSpace(k);
  const from = slotRow(k, space, k.registers[Register.a0]!);
  const slot = k.registers[Register.a1]!;
  if (isEmpty(k, from)) return finish(k, Status.badCapability);
  const refused = reserveSlot(k, space, slot);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  const first = k.capabilities[(from << capabilityShift) + Capability.firstChild]!;
  k.capabilities[(from << capabilityShift) + Capability.firstChild] = 0;
  moveCapability(k, from, space, slot);
  const to = slotRow(k, space, slot);
  k.capabilities[(to << capabilityShift) + Capability.firstChild] = first;
  for (let child = first; child !== 0;) {
    k.capabilities[(child << capabilityShift) + Capability.parent] = to;
    child = k.capabilities[(child << capabilityShift) + Capability.nextSibling]!;
  }
  return finish(k, Status.ok);
}

/** a0: slot. Its children go to its parent; an object that nobody else names ends. */
export function capabilityDelete(k: Kernel): number {
  const row = slotRow(k, currentSpace(k), k.registers[Register.a0]!);
  if (isEmpty(k, row)) return finish(k, Status.badCapability);
  while (!deleteStep(k, row)) {
    if (k.portalDepth === 0 && eventWaits(k, false)) return Next.again;
  }
  return finish(k, Status.ok);
}

/** a0: slot. Everything derived from it is deleted, in every space; it stays itself. */
export function capabilityRevoke(k: Kernel): number {
  const row = findCapability(k, k.registers[Register.a0]!, Kind.none, Right.derive);
  if (row === 0) return finish(k, k.refusal);
  for (let n = 1; ; n++) {
    // What derives from the first child becomes a child itself, once: no path is walked twice.
    const child = k.capabilities[(row << capabilityShift) + Capability.firstChild]!;
    if (child === 0) return finish(k, Status.ok);
    deleteStep(k, child);
    const isStep = n % revokeStepCount === 0;
    if (isStep && k.portalDepth === 0 && eventWaits(k, false)) return Next.again;
  }
}

function isEmpty(k: Kernel, row: number): boolean {
  return row === 0 || k.capabilities[(row << capabilityShift) + Capability.header] === 0;
}
