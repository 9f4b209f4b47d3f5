// Composers of the calls on capabilities, endpoint sets and bindings.
import { Kind, Register, type SyscallName } from "../../src/abi/index.ts";
import { Binding } from "../../src/kernel/index.ts";
import type { Mind } from "../mind.ts";
import { freeSlot, slotOfKind, slotsUsed, type World } from "../world.ts";
import type { Composer } from "./compose.ts";
import { mostly } from "./hostile.ts";

function composeDerive(world: World, mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  registers[Register.a0] = mostly(world, slotOfKind(world, mind.space, 0));
  registers[Register.a1] = mostly(world, freeSlot(world, mind.space));
  registers[Register.a2] = random.chance(1, 2) ? 0 : mostly(world, 1 + random.below(127));
  registers[Register.a3] = random.chance(1, 2) ? 0 : 1 + random.below(6);
}

/** Slot 1, the space's own, and a supervisor's capabilities are left alone by the honest. */
function composeDelete(world: World, mind: Mind): void {
  const { random } = world;
  let slot = 2 + random.below(slotsUsed - 1);
  if (mind.isSupervisor || random.chance(1, 2)) slot = slotOfKind(world, mind.space, Kind.reply);
  world.k.registers[Register.a0] = mostly(world, slot === 1 ? 0 : slot);
}

function composeRevoke(world: World, mind: Mind): void {
  const slot = slotOfKind(world, mind.space, 0);
  world.k.registers[Register.a0] = mostly(world, slot);
}

function composeSet(world: World, mind: Mind): void {
  const { registers } = world.k;
  registers[Register.a0] = mostly(world, slotOfKind(world, mind.space, Kind.endpointSet));
  registers[Register.a1] = mostly(world, slotOfKind(world, mind.space, Kind.endpoint));
}

function composeBind(world: World, mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  const what = 1 + random.below(4);
  const kind = what === Binding.exit ? Kind.notification : Kind.endpoint;
  const target = random.chance(1, 3) ? 0 : slotOfKind(world, mind.space, kind);
  registers[Register.a0] = mostly(world, slotOfKind(world, mind.space, Kind.space));
  registers[Register.a1] = mostly(world, what);
  registers[Register.a2] = mostly(world, what === Binding.redirectSlot ? random.below(70) : target);
  registers[Register.a3] = 1 + random.below(15);
  // A chief cuts its clan off from the rest: now and then, or nothing would be said any more.
  if (what === Binding.chief && random.chance(2, 3)) registers[Register.a2] = 0;
}

export const capabilityComposers = {
  capabilityMint: composeDerive,
  capabilityCopy: composeDerive,
  capabilityMove: composeDerive,
  capabilityDelete: composeDelete,
  capabilityRevoke: composeRevoke,
  setAdd: composeSet,
  setRemove: composeSet,
  spaceBind: composeBind,
} satisfies Partial<Record<SyscallName, Composer>>;
