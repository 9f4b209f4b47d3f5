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
  Status,
} from "../../abi/index.ts";
import { assert, releaseRow } from "../../base/index.ts";
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
import { classOf, freeObject, isSame, newObject, type ObjectClass } from "./object.ts";
import { putReference, putWord, type StateWriter, wordOf } from "./state.ts";

const objectsByDefault = 4096;

export const spaceClass: ObjectClass = {
  create(k, space) {
    const row = newObject(k, Kind.space, space);
    if (row === 0) return 0;
    const base = row << spaceShift;
    const objectLimit = k.registers[Register.w0]!;
    const slotLimit = k.registers[Register.w1]!;
    k.spaces[base + Space.objectLimit] = objectLimit > 0 ? objectLimit : objectsByDefault;
    k.spaces[base + Space.slotLimit] = slotLimit > 0 ? slotLimit : slotsPerSpace;
    if (space !== 0) inheritClan(k, row, space);
    return row;
  },
  destroyStep(k, row) {
    const base = row << spaceShift;
    k.spaces[base + Space.state] = SpaceState.ending;
    // No portal of it is entered from now on.
    k.spaces[base + Space.firstIdleActivation] = 0;
    if (!destroyObjectsStep(k, row)) return false;
    if (!clearSlotsStep(k, row)) return false;
    if (k.spaces[base + Space.activeCount] === 0) freeSpace(k, row);
    else k.spaces[base + Space.state] = SpaceState.ended;
    return true;
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
    putBindings(k, base, state);
  },
  setState(k, row, state) {
    const objectLimit = wordOf(state, "objectLimit");
    const slotLimit = wordOf(state, "capabilityLimit");
    if (objectLimit <= 0 || slotLimit <= 0) return Status.badArgument;
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
    ["chief", Kind.endpoint, Space.chiefEndpoint, Space.chiefGeneration],
    ["exit", Kind.notification, Space.exitNotification, Space.exitGeneration],
    ["fault", Kind.endpoint, Space.faultEndpoint, Space.faultGeneration],
  ] as const;
  for (const [name, kind, rowWord, generationWord] of bindings) {
    const row = k.spaces[base + rowWord]!;
    if (!isSame(k, kind, row, k.spaces[base + generationWord]!)) continue;
    putReference(state, name, { kind, row, rights: Right.send | Right.derive, badge: 0 });
  }
}

/** Destroys up to a step's worth of a space's objects; true when only active portals are left. */
function destroyObjectsStep(k: Kernel, space: number): boolean {
  for (let n = 0; n < destroyStepCount; n++) {
    const ref = firstDestroyable(k, space);
    if (ref === 0) return true;
    if (!classOf(referenceKind(ref)).destroyStep(k, referenceRow(ref))) return false;
  }
  return firstDestroyable(k, space) === 0;
}

/** The first object that is not an activation on the stack; those are doomed and end by returning. */
function firstDestroyable(k: Kernel, space: number): number {
  let ref = k.spaces[(space << spaceShift) + Space.firstObject]!;
  for (; ref !== 0; ref = nextOwned(k, ref)) {
    if (referenceKind(ref) !== Kind.thread) return ref;
    const flags = (referenceRow(ref) << threadShift) + Thread.flags;
    if ((k.threads[flags]! & ThreadFlag.attached) === 0) return ref;
    k.threads[flags]! |= ThreadFlag.doomed;
  }
  return 0;
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
    k.spaces[at] = 0;
    releaseRow(k.capabilityPages, pageRow);
  }
  return true;
}

/** Frees the row of a space that owns nothing any more. */
export function freeSpace(k: Kernel, row: number): void {
  assert(k.spaces[(row << spaceShift) + Space.slotCount] === 0, "a space freed has no slots", row);
  assert(k.spaces[(row << spaceShift) + Space.firstObject] === 0, "a space freed owns nothing", row);
  k.memories.release(row);
  k.notices.push({ notice: "spaceGone", space: row });
  freeObject(k, Kind.space, row);
}
