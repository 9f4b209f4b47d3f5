// Calls on objects of any kind: create, destroy, identify, getState, setState. The kind decides what
// they mean; `object/class.ts` knows the kinds.
import {
  Kind,
  kindCount,
  type KindName,
  kindName,
  Next,
  Register,
  Right,
  stateVersion,
  stateWord,
  stateWords,
  Status,
} from "../../abi/index.ts";
import {
  badgeOf,
  currentSpace,
  findCapability,
  insertCapability,
  kindOf,
  objectOf,
  ownerRights,
  reserveSlot,
  rightsOf,
} from "../capability.ts";
import { Header, shiftOf, Space, spaceShift, SpaceState } from "../layout.ts";
import { eventWaits, type Kernel } from "../kernel.ts";
import { isInside } from "../ipc/message.ts";
import { classOf } from "../object/object.ts";
import { newStateWriter, type StateReader, type StateReference } from "../object/state.ts";
import { blocked, finish } from "../waiting.ts";

/** a0: slot for the capability, a1: kind, a2: slot of the space it is for (0: the caller's), w0..: what the kind takes. */
export function objectCreate(k: Kernel): number {
  const slot = k.registers[Register.a0]!;
  const kind = k.registers[Register.a1]!;
  const forSlot = k.registers[Register.a2]!;
  if (kind <= Kind.none || kind >= kindCount) return finish(k, Status.badArgument);
  const own = currentSpace(k);
  const named = forSlot === 0 ? 0 : findCapability(k, forSlot, Kind.space, Right.control);
  if (forSlot !== 0 && named === 0) return finish(k, k.refusal);
  const space = named === 0 ? own : objectOf(k, named);
  if (k.spaces[(space << spaceShift) + Space.state] !== SpaceState.alive) {
    return finish(k, Status.wrongState);
  }
  const refused = reserveSlot(k, own, slot);
  if (refused !== Status.ok) return finish(k, refused);
  const row = classOf(kind).create(k, space);
  if (row === 0) return finish(k, k.refusal);
  // ---- commit ----
  insertCapability(k, own, slot, { kind, object: row, rights: ownerRights, badge: 0, parent: 0 });
  return finish(k, Status.ok);
}

/** a0: the object. Long: a step at a time, each of which leaves a smaller object. */
export function objectDestroy(k: Kernel): number {
  const capability = findCapability(k, k.registers[Register.a0]!, Kind.none, Right.control);
  if (capability === 0) return finish(k, k.refusal);
  const kind = kindOf(k, capability);
  const row = objectOf(k, capability);
  const isOwnThread = kind === Kind.thread && row === k.current;
  if (isOwnThread && k.portalDepth > 0) return finish(k, Status.wrongState);
  if (kind === Kind.space && isInsideOf(k, row)) return finish(k, Status.wrongState);
  while (!classOf(kind).destroyStep(k, row)) {
    if (!isOwnThread && k.portalDepth === 0 && eventWaits(k, false)) return Next.again;
  }
  return k.current === 0 ? blocked : finish(k, Status.ok);
}

/** Whether the caller's space is this one or was made, directly or not, by it. */
function isInsideOf(k: Kernel, space: number): boolean {
  let inner = currentSpace(k);
  while (inner !== 0 && inner !== space) inner = k.spaces[(inner << spaceShift) + Header.owner]!;
  return inner === space;
}

/** a0: the object. Answers w0 kind, w1 and w2 what it can be told from others by, w3 rights, w4 badge. */
export function objectIdentify(k: Kernel): number {
  const capability = findCapability(k, k.registers[Register.a0]!, Kind.none, 0);
  if (capability === 0) return finish(k, k.refusal);
  const kind = kindOf(k, capability);
  const row = objectOf(k, capability);
  // ---- commit ----
  k.registers[Register.w0] = kind;
  k.registers[Register.w1] = row;
  k.registers[Register.w2] = k.tables[kind]!.words[row << shiftOf[kind]!]!;
  k.registers[Register.w3] = rightsOf(k, capability);
  k.registers[Register.w4] = badgeOf(k, capability);
  return finish(k, Status.ok);
}

/**
 * a0: the object, a1: address for its state, a2: words there, a3: first of the slots for references
 * (0: none are wanted). Answers w0 the words written, w1 the slots used. Never waits.
 */
export function objectGetState(k: Kernel): number {
  const capability = findCapability(k, k.registers[Register.a0]!, Kind.none, Right.read);
  if (capability === 0) return finish(k, k.refusal);
  const kind = kindName(kindOf(k, capability)) as KindName;
  const address = k.registers[Register.a1]!;
  const words = stateWords(kind);
  const space = currentSpace(k);
  if (k.registers[Register.a2]! < words) return finish(k, Status.badArgument);
  if ((address & 3) !== 0 || !isInside(k, space, address, words * 4)) {
    return finish(k, Status.badAddress);
  }
  const refused = reserveSlots(k, space, k.registers[Register.a3]!);
  if (refused !== Status.ok) return finish(k, refused);
  // ---- commit ----
  const state = newStateWriter(kind, k.registers[Register.a3] !== 0);
  classOf(kindOf(k, capability)).getState(k, objectOf(k, capability), state);
  const used = passReferences(k, space, state.words, state.references);
  for (let i = 0; i < words; i++) k.memories.store(space, address + i * 4, state.words[i]!);
  k.registers[Register.w0] = words;
  k.registers[Register.w1] = used;
  return finish(k, Status.ok);
}

/** No kind has more references than this in its state. */
const referencesMax = 3;

function reserveSlots(k: Kernel, space: number, first: number): number {
  if (first === 0) return Status.ok;
  const base = space << spaceShift;
  const room = k.spaces[base + Space.slotLimit]! - k.spaces[base + Space.slotCount]!;
  if (room < referencesMax) return Status.outOfObjects;
  for (let i = 0; i < referencesMax; i++) {
    const status = reserveSlot(k, space, first + i);
    if (status !== Status.ok) return status;
  }
  return Status.ok;
}

function passReferences(
  k: Kernel,
  space: number,
  words: Int32Array,
  references: readonly StateReference[],
): number {
  let slot = k.registers[Register.a3]!;
  if (slot === 0) return 0;
  for (const { word, kind, row, rights, badge } of references) {
    insertCapability(k, space, slot, { kind, object: row, rights, badge, parent: 0 });
    words[word] = slot++;
  }
  return references.length;
}

/** a0: the object, a1: address of a state, a2: its words. */
export function objectSetState(k: Kernel): number {
  const capability = findCapability(k, k.registers[Register.a0]!, Kind.none, Right.write);
  if (capability === 0) return finish(k, k.refusal);
  const kind = kindName(kindOf(k, capability)) as KindName;
  const state = readState(k, kind);
  if (state === undefined) return finish(k, k.refusal);
  return finish(k, classOf(kindOf(k, capability)).setState(k, objectOf(k, capability), state));
}

/** Which fields of a state are slots, what kind of object each names, and the right that it needs. */
const referenceFields: Readonly<
  Partial<Record<KindName, readonly (readonly [string, number, number])[]>>
> = {
  thread: [
    ["reply", Kind.reply, Right.control],
    ["owed", Kind.reply, Right.send],
  ],
  mutex: [["owner", Kind.thread, Right.derive]],
  timer: [["notification", Kind.notification, Right.send]],
};

function readState(k: Kernel, kind: KindName): StateReader | undefined {
  const space = currentSpace(k);
  const address = k.registers[Register.a1]!;
  const words = new Int32Array(stateWords(kind));
  k.refusal = Status.badAddress;
  if (k.registers[Register.a2]! < words.length) return undefined;
  if ((address & 3) !== 0 || !isInside(k, space, address, words.length * 4)) return undefined;
  for (let i = 0; i < words.length; i++) words[i] = k.memories.load(space, address + i * 4);
  k.refusal = Status.badArgument;
  if (words[0] !== Kind[kind] || words[1] !== stateVersion) return undefined;
  const references = new Map<string, { row: number; badge: number }>();
  for (const [name, referred, right] of referenceFields[kind] ?? []) {
    const slot = words[stateWord(kind, name)]!;
    if (slot === 0) continue;
    const row = findCapability(k, slot, referred, right);
    if (row === 0) return undefined;
    references.set(name, { row: objectOf(k, row), badge: badgeOf(k, row) });
  }
  return { kind, words, references };
}
