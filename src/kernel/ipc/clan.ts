// Clans and chiefs (L3): a message between two spaces of one clan goes straight to its endpoint; one
// that crosses the border goes to the chief of the inner side, who sees both parties and may inspect,
// drop, change or pass it on. A chief passes a message on through a capability that it was given, so
// it can speak only for its clan.
import { Kind, Register, Right, Status } from "../../abi/index.ts";
import {
  badgeOf,
  clearCapability,
  deriveCapability,
  objectOf,
  reserveSlot,
  rightsOf,
  slotRow,
} from "../capability.ts";
import {
  Capability,
  capabilityShift,
  Endpoint,
  endpointShift,
  Space,
  spaceShift,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { isLastName } from "../object/delete.ts";
import { isSame } from "../object/object.ts";

export interface Route {
  /** The capability it was sent through. */
  capability: number;
  /** Where it goes: 0 if the chief is gone. */
  endpoint: number;
  badge: number;
  mayGrant: boolean;
  isRedirected: boolean;
  /** Of a redirected message: the sender's space, and whom it was meant for. */
  fromSpace: number;
  toSpace: number;
  toBadge: number;
}

/** Where a message goes that a space sends through a capability. */
export function routeOf(k: Kernel, from: number, capability: number): Route {
  const route = k.route;
  const endpoint = objectOf(k, capability);
  route.capability = capability;
  route.endpoint = endpoint;
  route.badge = badgeOf(k, capability);
  route.mayGrant = (rightsOf(k, capability) & Right.grant) !== 0;
  route.isRedirected = false;
  const to = k.endpoints[(endpoint << endpointShift) + Endpoint.space]!;
  if (clanOf(k, from) !== clanOf(k, to)) redirect(k, from, to);
  return route;
}

function clanOf(k: Kernel, space: number): number {
  return k.spaces[(space << spaceShift) + Space.clan]!;
}

function identityOf(k: Kernel, space: number): number {
  return k.spaces[(space << spaceShift) + Space.identity]!;
}

function redirect(k: Kernel, from: number, to: number): void {
  // A chief and a member of its own clan speak to each other directly.
  if (clanOf(k, from) === identityOf(k, to) || clanOf(k, to) === identityOf(k, from)) return;
  const inner = clanOf(k, from) !== 0 ? from : to;
  const base = inner << spaceShift;
  const chief = k.spaces[base + Space.chiefEndpoint]!;
  // The members of a clan whose chief has gone reach nobody outside, and nobody reaches them.
  const route = k.route;
  route.isRedirected = true;
  route.fromSpace = from;
  route.toSpace = to;
  route.toBadge = route.badge;
  route.badge = k.spaces[base + Space.chiefBadge]!;
  route.mayGrant = false;
  const isThere = isSame(k, Kind.endpoint, chief, k.spaces[base + Space.chiefGeneration]!);
  route.endpoint = isThere ? chief : 0;
}

/** A message that crossed a clan's border shows its chief both parties: in these registers. */
export function noteRedirect(k: Kernel, route: Route, registers: Int32Array, at: number): void {
  registers[at + Register.a1] = route.fromSpace;
  registers[at + Register.a2] = showDestination(k, route.capability, route.endpoint)
    ? route.toSpace
    : 0;
  registers[at + Register.a3] = route.toBadge;
}

/**
 * Puts the capability that the sender used into the chief's slot for it, so that it can pass on.
 * Answers false if what the chief keeps in that slot cannot give way.
 */
function showDestination(k: Kernel, capability: number, chief: number): boolean {
  const space = k.endpoints[(chief << endpointShift) + Endpoint.space]!;
  const slot = k.spaces[(space << spaceShift) + Space.redirectSlot]!;
  if (slot === 0) return true;
  const old = slotRow(k, space, slot);
  const words = k.capabilities;
  if (old === capability) return true;
  if (old !== 0 && words[(old << capabilityShift) + Capability.header] !== 0) {
    // A chief that has derived from it, or has put another thing's only name there, keeps it.
    if (words[(old << capabilityShift) + Capability.firstChild] !== 0) return false;
    if (isLastName(k, old)) return false;
    clearCapability(k, old);
  }
  if (reserveSlot(k, space, slot) !== Status.ok) return false;
  const rights = rightsOf(k, capability);
  deriveCapability(k, capability, space, slot, { rights, badge: badgeOf(k, capability) });
  return true;
}
