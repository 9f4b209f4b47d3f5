// Composers of the calls on threads.
import { Kind, Register, type SyscallName } from "../../src/abi/index.ts";
import type { Mind } from "../mind.ts";
import { slotOfKind, type World } from "../world.ts";
import type { Composer } from "./compose.ts";
import { mostly, timeout } from "./hostile.ts";

function composeThread(world: World, mind: Mind): void {
  world.k.registers[Register.a0] = mostly(world, slotOfKind(world, mind.space, Kind.thread));
}

function composeStop(world: World, mind: Mind): void {
  composeThread(world, mind);
  if (!world.random.chance(1, 3)) return;
  const told = slotOfKind(world, mind.space, Kind.notification);
  world.k.registers[Register.a1] = mostly(world, told);
  world.k.registers[Register.a2] = world.random.below(4);
}

function composeSchedule(world: World, mind: Mind): void {
  composeThread(world, mind);
  world.k.registers[Register.a1] = mostly(world, 8 + world.random.below(12));
  world.k.registers[Register.a2] = mostly(world, world.random.below(20_000));
}

function composeSleep(world: World, mind: Mind): void {
  world.k.registers[Register.receiveTimeout] = timeout(world, !mind.isSupervisor);
}

function composeExit(world: World): void {
  world.k.registers[Register.a0] = world.random.below(200);
}

export const threadComposers = {
  threadResume: composeThread,
  threadStop: composeStop,
  threadInterrupt: composeThread,
  threadSchedule: composeSchedule,
  threadYield: () => {},
  threadSleep: composeSleep,
  threadExit: composeExit,
} satisfies Partial<Record<SyscallName, Composer>>;
