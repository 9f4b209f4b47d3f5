// Spaces: protection domains. A space owns the objects made for it and its capability table; ending
// it ends them all, in bounded steps. Spaces made by a space are among its objects.
import {
  destroyStepCount,
  Kind,
  pagesPerSpace,
  Register,
  revokeStepCount,
  Right,
  slotsPerPage,
  slotsPerSpace,
  spaceDepthMax,
  Status,
} from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import {
  Capability,
  capabilityShift,
  referenceKind,
  referenceRow,
  shiftOf,
  Space,
  spaceShift,
  SpaceState,
  Thread,
  ThreadFlag,
  threadShift,
  Header,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { deleteStep } from "./delete.ts";
import { freePage } from "../capability.ts";
import { makerOf } from "../charge.ts";
import { classOf, freeObject, isSame, newObject, type ObjectClass } from "./object.ts";
import { bequeathReplies } from "./reply.ts";
import { putReference, putWord, type StateWriter, wordOf } from "./state.ts";

const objectsByDefault = 4096;

export const spaceClass: ObjectClass = {
  create(k, space) {
    const above = space << spaceShift;
    if (k.spaces[above + Space.depth]! >= spaceDepthMax) {
      k.refusal = Status.outOfObjects;
      return 0;
    }
    const row = newObject(k, Kind.space, space);
    if (row === 0) return 0;
    const base = row << spaceShift;
    const objectLimit = k.registers[Register.w0]!;
    const slotLimit = k.registers[Register.w1]!;
    const priority = k.registers[Register.w2]!;
    const ceiling = k.spaces[above + Space.priorityMax]!;
    k.spaces[base + Space.depth] = k.spaces[above + Space.depth]! + 1;
    k.spaces[base + Space.priorityMax] = priority > 0 ? Math.min(priority, ceiling) : ceiling;
    k.spacesMade = (k.spacesMade + 1) | 0 || 1;
    k.spaces[base + Space.identity] = k.spacesMade;
    k.spaces[base + Space.objectLimit] = objectLimit > 0 ? objectLimit : objectsByDefault;
    k.spaces[base + Space.slotLimit] = slotLimit > 0 ? slotLimit : slotsPerSpace;
    if (space !== 0) inheritClan(k, row, space);
    return row;
  },
  // The innermost space goes first, one in a step at most, and without recursion.
  destroyStep(k, row) {
    const inner = innermost(k, row);
    if (!destroyObjectsStep(k, inner)) return false;
    if (!clearSlotsStep(k, inner)) return false;
    k.spaces[(inner << spaceShift) + Space.state] = SpaceState.ended;
    freeIfEmpty(k, inner);
    return inner === row;
  },
  getState(k, row, state) {
    const base = row << spaceShift;
    putWord(state, "threads", k.spaces[base + Space.threadCount]!);
    putWord(state, "objects", k.spaces[base + Space.objectCount]!);
    putWord(state, "capabilities", k.spaces[base + Space.slotCount]!);
    putWord(state, "objectLimit", k.spaces[base + Space.objectLimit]!);
    putWord(state, "capabilityLimit", k.spaces[base + Space.slotLimit]!);
    putWord(state, "clan", k.spaces[base + Space.clan] === 0 ? 0 : 1);
    putWord(state, "exitCode", k.spaces[base + Space.exitCode]!);
    putWord(state, "state", k.spaces[base + Space.state] === SpaceState.alive ? 0 : 1);
    putWord(state, "exitBits", k.spaces[base + Space.exitBits]!);
    putWord(state, "redirectSlot", k.spaces[base + Space.redirectSlot]!);
    putWord(state, "priorityMax", k.spaces[base + Space.priorityMax]!);
    putBindings(k, base, state);
  },
  setState(k, row, state) {
    const objectLimit = wordOf(state, "objectLimit");
    const slotLimit = wordOf(state, "capabilityLimit");
    if (objectLimit <= 0 || slotLimit <= 0) return Status.badArgument;
    if (k.spaces[(row << spaceShift) + Space.state] !== SpaceState.alive) return Status.wrongState;
    k.spaces[(row << spaceShift) + Space.objectLimit] = objectLimit;
    k.spaces[(row << spaceShift) + Space.slotLimit] = slotLimit;
    return Status.ok;
  },
};

function inheritClan(k: Kernel, row: number, parent: number): void {
  const words = [Space.clan, Space.chiefEndpoint, Space.chiefGeneration, Space.chiefBadge];
  for (const word of words) {
    k.spaces[(row << spaceShift) + word] = k.spaces[(parent << spaceShift) + word]!;
  }
}

function putBindings(k: Kernel, base: number, state: StateWriter): void {
  const bindings = [
    ["chief", Kind.endpoint, Space.chiefEndpoint],
    ["exit", Kind.notification, Space.exitNotification],
    ["fault", Kind.endpoint, Space.faultEndpoint],
  ] as const;
  for (const [name, kind, rowWord] of bindings) {
    // Generation and badge stand after the row. The badge of an exit is its bits.
    const row = k.spaces[base + rowWord]!;
    if (!isSame(k, kind, row, k.spaces[base + rowWord + 1]!)) continue;
    const badge = k.spaces[base + rowWord + 2]!;
    putReference(state, name, { kind, row, rights: Right.send | Right.derive, badge });
  }
}

/** Goes down to a space that owns no space still to be destroyed. All on the way begin to end. */
function innermost(k: Kernel, from: number): number {
  for (let space = from; ;) {
    const base = space << spaceShift;
    k.spaces[base + Space.state] = SpaceState.ending;
    // No portal of it is entered from now on, and no capability enters its table.
    k.spaces[base + Space.firstIdleActivation] = 0;
    k.spaces[base + Space.slotLimit] = 0;
    const ref = firstDestroyable(k, space);
    if (ref === 0 || referenceKind(ref) !== Kind.space) return space;
    space = referenceRow(ref);
  }
}

/** Destroys up to a step's worth of a space's objects; true when only active portals are left. */
function destroyObjectsStep(k: Kernel, space: number): boolean {
  for (let n = 0; n < destroyStepCount; n++) {
    const ref = firstDestroyable(k, space);
    if (ref === 0) return true;
    if (referenceKind(ref) === Kind.space) return false;
    if (!classOf(referenceKind(ref)).destroyStep(k, referenceRow(ref))) return false;
  }
  return firstDestroyable(k, space) === 0;
}

/**
 * The first object that is not an activation on the stack, which is doomed and ends by returning, nor
 * a space that waits for nothing but such ones.
 */
function firstDestroyable(k: Kernel, space: number): number {
  let ref = k.spaces[(space << spaceShift) + Space.firstObject]!;
  for (; ref !== 0; ref = nextOwned(k, ref)) {
    if (!isOnStack(k, referenceKind(ref), referenceRow(ref))) return ref;
  }
  return 0;
}

function isOnStack(k: Kernel, kind: number, row: number): boolean {
  if (kind === Kind.space) {
    return k.spaces[(row << spaceShift) + Space.state] === SpaceState.ended;
  }
  const flags = (row << threadShift) + Thread.flags;
  if (kind !== Kind.thread || (k.threads[flags]! & ThreadFlag.attached) === 0) return false;
  k.threads[flags]! |= ThreadFlag.doomed;
  return true;
}

function nextOwned(k: Kernel, ref: number): number {
  const kind = referenceKind(ref);
  const base = referenceRow(ref) << shiftOf[kind]!;
  return k.tables[kind]!.words[base + Header.ownerNext]!;
}

/** Deletes up to a step's worth of a space's capabilities; true when its table is empty and freed. */
function clearSlotsStep(k: Kernel, space: number): boolean {
  let budget = revokeStepCount;
  for (let page = 0; page < pagesPerSpace; page++) {
    const at = (space << spaceShift) + Space.pages + page;
    const pageRow = k.spaces[at]!;
    if (pageRow === 0) continue;
    for (let slot = 0; slot < slotsPerPage; slot++) {
      const row = pageRow * slotsPerPage + slot;
      while (k.capabilities[(row << capabilityShift) + Capability.header] !== 0) {
        if (budget-- <= 0) return false;
        deleteStep(k, row);
      }
    }
    freePage(k, space, page);
  }
  return true;
}

/** Frees a space that has ended and owns nothing any more, and those above it that waited for it. */
export function freeIfEmpty(k: Kernel, from: number): void {
  for (let space = from; space !== 0;) {
    const base = space << spaceShift;
    if (k.spaces[base + Space.state] !== SpaceState.ended) return;
    if (k.spaces[base + Space.firstObject] !== 0) return;
    const above = makerOf(k, space);
    freeSpace(k, space);
    space = above;
  }
}

function freeSpace(k: Kernel, row: number): void {
  if (k.spaces[(row << spaceShift) + Space.objectCount] !== 0) bequeathReplies(k, row);
  assert(k.spaces[(row << spaceShift) + Space.slotCount] === 0, "a space freed has no slots", row);
  assert(
    k.spaces[(row << spaceShift) + Space.firstObject] === 0,
    "a space freed owns nothing",
    row,
  );
  k.memories.release(row);
  k.notices.push({ notice: "spaceGone", space: row });
  freeObject(k, Kind.space, row);
}
