// Composers of the calls on objects of any kind, and of those that move bytes.
import { Kind, kindCount, Register, stateVersion, stateWords } from "../../src/abi/index.ts";
import { kindName, type KindName, type SyscallName } from "../../src/abi/index.ts";
import { slotRow } from "../../src/kernel/capability.ts";
import { Capability, capabilityShift, Region, regionShift } from "../../src/kernel/layout.ts";
import { bulkAddress, bulkBytes, memoryBytes } from "../memory.ts";
import type { Mind } from "../mind.ts";
import { freeSlot, objectInSlot, slotOfKind, type World } from "../world.ts";
import type { Composer } from "./compose.ts";
import { makeRoomIn, portalDescriptor } from "./descriptor.ts";
import { hostileWord, mostly } from "./hostile.ts";

/** States that are read go to the low half of the scratch bytes, states to set are in the other. */
const readAddress = 0x210;
const setAddress = 0x800;

const kindsWanted: readonly number[] = [
  Kind.thread,
  Kind.thread,
  Kind.thread,
  Kind.endpoint,
  Kind.endpoint,
  Kind.endpoint,
  Kind.space,
  Kind.notification,
  Kind.mutex,
  Kind.mutex,
  Kind.condition,
  Kind.futexQueue,
  Kind.timer,
  Kind.endpointSet,
  Kind.endpointSet,
  Kind.region,
];

function composeCreate(world: World, mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  const kind = kindsWanted[random.below(kindsWanted.length)];
  const forSlot = random.chance(1, 3) ? slotOfKind(world, mind.space, Kind.space) : 0;
  registers[Register.a0] = mostly(world, freeSlot(world, mind.space));
  registers[Register.a1] = mostly(world, kind);
  registers[Register.a2] = mostly(world, forSlot);
  registers.fill(0, Register.w0, Register.w5 + 1);
  if (kind === Kind.thread) registers[Register.w0] = random.below(34) - 1;
  if (kind === Kind.region) registers[Register.w0] = mostly(world, 64 + random.below(60_000));
  if (kind === Kind.space) composeLimits(world);
  if (kind !== Kind.endpoint) return;
  registers[Register.w0] = mostly(world, [0, 0, 1, 3][random.below(4)]);
  registers[Register.w1] = random.below(100);
  if (registers[Register.w0] === 0 || forSlot !== 0 || random.chance(1, 2)) return;
  registers[Register.w2] = portalDescriptor;
  makeRoomIn(world, mind.space, 0);
}

function composeLimits(world: World): void {
  const { random } = world;
  if (random.chance(1, 2)) return;
  world.k.registers[Register.w0] = random.below(20);
  world.k.registers[Register.w1] = random.below(40);
  world.k.registers[Register.w2] = random.below(32);
}

/** Destroys mostly what is cheap to make again, and hardly ever a space. */
function composeDestroy(world: World, mind: Mind): void {
  const { random } = world;
  const draw = random.below(12);
  // Under other portals a space is destroyed that may be one of theirs.
  const isNested = world.k.portalDepth > 1;
  const kind =
    draw === 0 || (isNested && draw < 5)
      ? Kind.space
      : draw < 4
        ? Kind.thread
        : 1 + random.below(kindCount - 1);
  const slot = slotOfKind(world, mind.space, kind);
  world.k.registers[Register.a0] = mostly(world, slot === 1 ? 0 : slot);
}

function composeAny(world: World, mind: Mind): void {
  world.k.registers[Register.a0] = mostly(world, slotOfKind(world, mind.space, 0));
}

function composeGetState(world: World, mind: Mind): void {
  const { registers } = world.k;
  composeAny(world, mind);
  registers[Register.a1] = mostly(world, readAddress);
  registers[Register.a2] = mostly(world, 64);
  registers[Register.a3] = world.random.chance(1, 2)
    ? 0
    : mostly(world, freeSlot(world, mind.space));
}

/** The kind that the capability in a slot names, 0 if none. */
function kindInSlot(world: World, space: number, slot: number): number {
  return (
    world.k.capabilities[(slotRow(world.k, space, slot) << capabilityShift) + Capability.header] &
    0xff
  );
}

function regionSize(world: World, space: number, slot: number): number {
  const row = objectInSlot(world.k, space, slot, Kind.region);
  return world.k.tables[Kind.region].words[(row << regionShift) + Region.bytes];
}

/** A state that is well formed but for a few words; threads get one that sends nothing. */
function composeSetState(world: World, mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  const slot = slotOfKind(
    world,
    mind.space,
    random.chance(1, 2) ? 0 : 1 + random.below(kindCount - 1),
  );
  const kind = kindInSlot(world, mind.space, slot);
  const words = world.memories.wordsOf(mind.space);
  const at = setAddress >> 2;
  words[at] = kind;
  words[at + 1] = stateVersion;
  const size = kind > 0 && kind < kindCount ? stateWords(kindName(kind) as KindName) : 16;
  for (let i = 2; i < size; i++) words[at + i] = random.below(4);
  if (kind === Kind.thread) words.fill(0, at + 5, at + size);
  if (kind === Kind.thread) words[at + 4] = 1000;
  if (kind === Kind.mutex) words[at + 3] = slotOfKind(world, mind.space, Kind.thread);
  if (kind === Kind.timer) words[at + 7] = slotOfKind(world, mind.space, Kind.notification);
  if (kind === Kind.space) words[at + 5] = words[at + 6] = 40;
  if (random.chance(1, 12)) words[at + random.below(size)] = hostileWord(world) & ~0x40;
  if (kind === Kind.thread && random.chance(1, 6))
    words[at + 2 + random.below(3)] = hostileWord(world);
  if (kind === Kind.region) words[at + 2] = regionSize(world, mind.space, slot);
  if (kind === Kind.thread) words[at + 5] = random.chance(1, 8) ? 16 : 0;
  registers[Register.a0] = mostly(world, slot);
  registers[Register.a1] = mostly(world, setAddress);
  registers[Register.a2] = mostly(world, 64);
}

/** Makes the ends of a range unlike any other, so that leaving one out of a copy shows. */
function mark(world: World, space: number, address: number, bytes: number): void {
  const memory = new Uint8Array(world.memories.wordsOf(space).buffer);
  if (bytes > 0) memory[address] = memory[address + bytes - 1] = 1 + world.random.below(255);
}

/** Copies between the caller's bulk bytes and a region, or the same bytes of another space. */
function composeCopy(kind: number): Composer {
  return (world, mind) => {
    const { random } = world;
    const { registers } = world.k;
    const isRegion = kind === Kind.region;
    const bytes = random.below(random.chance(1, 2) ? 256 : bulkBytes);
    registers[Register.a0] = mostly(world, slotOfKind(world, mind.space, kind));
    registers[Register.a1] = (isRegion ? 0 : bulkAddress) + random.below(bulkBytes - bytes);
    registers[Register.a2] = bulkAddress + random.below(bulkBytes - bytes);
    registers[Register.a3] = bytes;
    mark(world, mind.space, registers[Register.a2], bytes);
    // Hostile ranges lie outside: inside, they would write over honest messages.
    if (random.chance(1, 16)) registers[Register.a1 + random.below(2)] = memoryBytes - 1;
    if (random.chance(1, 16)) registers[Register.a3] = -1 - random.below(9);
  };
}

export const objectComposers = {
  objectCreate: composeCreate,
  objectDestroy: composeDestroy,
  objectIdentify: composeAny,
  objectGetState: composeGetState,
  objectSetState: composeSetState,
  regionRead: composeCopy(Kind.region),
  regionWrite: composeCopy(Kind.region),
  memoryRead: composeCopy(Kind.space),
  memoryWrite: composeCopy(Kind.space),
  clockRead: () => {},
} satisfies Partial<Record<SyscallName, Composer>>;
