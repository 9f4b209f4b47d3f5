// Capabilities: the only names. A space's table is a directory of pages of 256 slots; a slot holds
// (object, generation, rights, badge) and its place in the derivation tree, which makes revoke
// complete. A capability is named here by its row over all pages; 0 is none.
//
// A capability to an object that is gone stays in its slot, stale, and is refused at look-up.
import { allRights, Kind, Right, slotsPerPage, slotsPerSpace, Status } from "../abi/index.ts";
import { allocateRow, assert, releaseRow } from "../base/index.ts";
import { charge, discharge, hasRoom } from "./charge.ts";
import {
  Capability,
  capabilityShift,
  Header,
  shiftOf,
  Space,
  spaceShift,
  Thread,
  threadShift,
} from "./layout.ts";
import type { Kernel } from "./kernel.ts";

/** Row of the capability in a slot of a space, or 0 if there is no such page. */
export function slotRow(k: Kernel, space: number, slot: number): number {
  const page = slot >>> 8;
  if (page >= slotsPerSpace / slotsPerPage) return 0;
  const pageRow = k.spaces[(space << spaceShift) + Space.pages + page]!;
  return pageRow === 0 ? 0 : pageRow * slotsPerPage + (slot & (slotsPerPage - 1));
}

/** Row of the space that the running thread belongs to. */
export function currentSpace(k: Kernel): number {
  return k.threads[(k.current << threadShift) + Thread.space]!;
}

/**
 * The capability in a slot of the running thread's space, if it names a live object of this kind
 * (`Kind.none`: any) and carries these rights. Otherwise 0, and `k.refusal` says why.
 */
export function findCapability(k: Kernel, slot: number, kind: number, rights: number): number {
  const row = slotRow(k, currentSpace(k), slot);
  const base = row << capabilityShift;
  const header = k.capabilities[base + Capability.header]!;
  if (row === 0 || header === 0 || (kind !== Kind.none && (header & 0xff) !== kind)) {
    k.refusal = Status.badCapability;
    return 0;
  }
  if (!namesLiveObject(k, row)) {
    k.refusal = Status.badCapability;
    return 0;
  }
  if (((header >>> 8) & rights) !== rights) {
    k.refusal = Status.noRight;
    return 0;
  }
  return row;
}

/** As `findCapability`, but answers the row of the object. */
export function findObject(k: Kernel, slot: number, kind: number, rights: number): number {
  const row = findCapability(k, slot, kind, rights);
  return row === 0 ? 0 : objectOf(k, row);
}

export function objectOf(k: Kernel, row: number): number {
  return k.capabilities[(row << capabilityShift) + Capability.object]!;
}

export function badgeOf(k: Kernel, row: number): number {
  return k.capabilities[(row << capabilityShift) + Capability.badge]!;
}

export function kindOf(k: Kernel, row: number): number {
  return k.capabilities[(row << capabilityShift) + Capability.header]! & 0xff;
}

export function rightsOf(k: Kernel, row: number): number {
  return (k.capabilities[(row << capabilityShift) + Capability.header]! >>> 8) & allRights;
}

/** Whether the object named is still the one that the capability was made for. */
export function namesLiveObject(k: Kernel, row: number): boolean {
  const base = row << capabilityShift;
  const kind = k.capabilities[base + Capability.header]! & 0xff;
  const objectBase = k.capabilities[base + Capability.object]! << shiftOf[kind]!;
  const generation = k.tables[kind]!.words[objectBase + Header.generation]!;
  return generation === k.capabilities[base + Capability.generation]!;
}

export interface NewCapability {
  readonly kind: number;
  readonly object: number;
  readonly rights: number;
  readonly badge: number;
  /** The capability it derives from, 0 for a first one. */
  readonly parent: number;
}

/**
 * Whether a slot of a space can take a capability: makes its page if need be. Answers a status. A
 * page made for a call that is refused later stays: it is memory, not state that a program sees.
 */
export function reserveSlot(k: Kernel, space: number, slot: number): number {
  if (slot <= 0 || slot >= slotsPerSpace) return Status.badArgument;
  const at = (space << spaceShift) + Space.pages + (slot >>> 8);
  if (k.spaces[at] === 0) {
    const base = space << spaceShift;
    if (k.spaces[base + Space.slotCount]! >= k.spaces[base + Space.slotLimit]!) {
      return Status.outOfObjects;
    }
    // A space comes with one page; each further one is charged like an object.
    const isCharged = k.spaces[base + Space.pageCount]! > 0;
    if (isCharged && !hasRoom(k, space)) return Status.outOfObjects;
    const page = allocateRow(k.capabilityPages);
    if (page === 0) return Status.outOfObjects;
    if (isCharged) charge(k, space);
    k.spaces[base + Space.pageCount]!++;
    const start = (page * slotsPerPage) << capabilityShift;
    k.capabilities.fill(0, start, start + (slotsPerPage << capabilityShift));
    k.capabilityPages.words[page * 2 + 1] = space;
    k.spaces[at] = page;
  }
  return checkSlotFree(k, space, slot);
}

/** Gives back a page of slots that are all empty. */
export function freePage(k: Kernel, space: number, page: number): void {
  const base = space << spaceShift;
  releaseRow(k.capabilityPages, k.spaces[base + Space.pages + page]!);
  k.spaces[base + Space.pages + page] = 0;
  k.spaces[base + Space.pageCount]!--;
  if (k.spaces[base + Space.pageCount]! > 0) discharge(k, space);
}

function checkSlotFree(k: Kernel, space: number, slot: number): number {
  const row = slotRow(k, space, slot);
  if (k.capabilities[row << capabilityShift] !== 0) return Status.slotOccupied;
  const base = space << spaceShift;
  const isFull = k.spaces[base + Space.slotCount]! >= k.spaces[base + Space.slotLimit]!;
  return isFull ? Status.outOfObjects : Status.ok;
}

/** Puts a capability into a reserved slot. Below the commit line: cannot fail. */
export function insertCapability(
  k: Kernel,
  space: number,
  slot: number,
  made: NewCapability,
): void {
  const row = slotRow(k, space, slot);
  const base = row << capabilityShift;
  const words = k.capabilities;
  assert(row !== 0 && words[base] === 0, "a capability goes into a reserved slot", space, slot);
  const objectBase = made.object << shiftOf[made.kind]!;
  const object = k.tables[made.kind]!.words;
  words[base + Capability.header] = made.kind | (made.rights << 8);
  words[base + Capability.object] = made.object;
  words[base + Capability.generation] = object[objectBase + Header.generation]!;
  words[base + Capability.badge] = made.badge;
  words[base + Capability.firstChild] = 0;
  linkChild(k, made.parent, row);
  object[objectBase + Header.capabilityCount]!++;
  k.spaces[(space << spaceShift) + Space.slotCount]!++;
}

/** Copies a capability into a reserved slot as a child of the original. */
export function deriveCapability(
  k: Kernel,
  from: number,
  space: number,
  slot: number,
  change: { readonly rights: number; readonly badge: number },
): void {
  insertCapability(k, space, slot, {
    kind: kindOf(k, from),
    object: objectOf(k, from),
    rights: change.rights & rightsOf(k, from),
    badge: change.badge,
    parent: from,
  });
}

/** The slot's space: the owner of its page. */
export function spaceOfCapability(k: Kernel, row: number): number {
  return k.capabilityPages.words[(row >>> 8) * 2 + 1]!;
}

/** Empties a slot whose capability has no children left. */
export function clearCapability(k: Kernel, row: number): void {
  const base = row << capabilityShift;
  const words = k.capabilities;
  assert(words[base + Capability.header] !== 0, "only a capability is cleared", row);
  assert(words[base + Capability.firstChild] === 0, "a capability cleared has no children", row);
  unlinkChild(k, row);
  if (namesLiveObject(k, row)) {
    const objectBase = objectOf(k, row) << shiftOf[kindOf(k, row)]!;
    const object = k.tables[kindOf(k, row)]!.words;
    assert(object[objectBase + Header.capabilityCount]! > 0, "capabilities are counted", row);
    object[objectBase + Header.capabilityCount]!--;
  }
  k.spaces[(spaceOfCapability(k, row) << spaceShift) + Space.slotCount]!--;
  words.fill(0, base, base + (1 << capabilityShift));
}

/** Moves a capability without children to a reserved slot; its place in the tree goes along. */
export function moveCapability(k: Kernel, from: number, space: number, slot: number): void {
  const to = slotRow(k, space, slot);
  const words = k.capabilities;
  const base = from << capabilityShift;
  assert(words[to << capabilityShift] === 0, "a capability moves to a free slot", to);
  assert(
    words[base + Capability.firstChild] === 0,
    "a capability that moves has no children",
    from,
  );
  const parent = words[base + Capability.parent]!;
  k.spaces[(spaceOfCapability(k, from) << spaceShift) + Space.slotCount]!--;
  unlinkChild(k, from);
  words.copyWithin(to << capabilityShift, base, base + (1 << capabilityShift));
  words.fill(0, base, base + (1 << capabilityShift));
  linkChild(k, parent, to);
  k.spaces[(space << spaceShift) + Space.slotCount]!++;
}

/** Gives one child of `from` to `to`, which may be 0. Answers false if there was none. */
export function adoptChild(k: Kernel, from: number, to: number): boolean {
  const child = k.capabilities[(from << capabilityShift) + Capability.firstChild]!;
  if (child === 0) return false;
  unlinkChild(k, child);
  linkChild(k, to, child);
  return true;
}

function linkChild(k: Kernel, parent: number, child: number): void {
  const words = k.capabilities;
  const base = child << capabilityShift;
  words[base + Capability.parent] = parent;
  words[base + Capability.prevSibling] = 0;
  words[base + Capability.nextSibling] = 0;
  if (parent === 0) return;
  const first = words[(parent << capabilityShift) + Capability.firstChild]!;
  words[base + Capability.nextSibling] = first;
  if (first !== 0) words[(first << capabilityShift) + Capability.prevSibling] = child;
  words[(parent << capabilityShift) + Capability.firstChild] = child;
}

function unlinkChild(k: Kernel, child: number): void {
  const words = k.capabilities;
  const base = child << capabilityShift;
  const parent = words[base + Capability.parent]!;
  if (parent === 0) return;
  const next = words[base + Capability.nextSibling]!;
  const prev = words[base + Capability.prevSibling]!;
  if (prev === 0) words[(parent << capabilityShift) + Capability.firstChild] = next;
  else words[(prev << capabilityShift) + Capability.nextSibling] = next;
  if (next !== 0) words[(next << capabilityShift) + Capability.prevSibling] = prev;
  words[base + Capability.parent] = 0;
}

/** Rights that a capability made with an object carries. */
export const ownerRights = allRights;

/** Whether a set of rights is one. */
export function areRights(rights: number): boolean {
  return rights > 0 && (rights & ~allRights) === 0 && (rights & Right.derive) >= 0;
}
