// Composers of the IPC calls. Every message is of the book (`check/messages.ts`), and an answer says
// which call it answers, as far as its thread knows.
import { Kind, Register, type SyscallName } from "../../src/abi/index.ts";
import { Endpoint, endpointShift } from "../../src/kernel/layout.ts";
import { shortStream } from "../check/messages.ts";
import type { Mind } from "../mind.ts";
import { freeSlot, objectInSlot, slotOfKind, type World } from "../world.ts";
import type { Composer } from "./compose.ts";
import { composeMessage, makeRoom } from "./descriptor.ts";
import { mostly, timeout } from "./hostile.ts";

function formOf(world: World, mind: Mind, slot: number): number {
  const row = objectInSlot(world.k, mind.space, slot, Kind.endpoint);
  return world.k.endpoints[(row << endpointShift) + Endpoint.portal];
}

/** A slot with an endpoint, preferably with one of this form. */
function endpointSlot(world: World, mind: Mind, form: number): number {
  let slot = 0;
  for (let tries = 0; tries < 3; tries++) {
    slot = slotOfKind(world, mind.space, Kind.endpoint);
    if (formOf(world, mind, slot) === form) break;
  }
  return slot;
}

function composeTimeouts(world: World, mind: Mind): void {
  const { registers } = world.k;
  registers[Register.sendTimeout] = timeout(world, !mind.isSupervisor);
  registers[Register.receiveTimeout] = timeout(world, !mind.isSupervisor);
}

function composeSend(world: World, mind: Mind): void {
  const { registers } = world.k;
  composeMessage(world, mind, 0);
  registers[Register.a0] = mostly(world, endpointSlot(world, mind, 0));
  composeTimeouts(world, mind);
}

function composeCall(world: World, mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  composeMessage(world, mind, 0);
  const form = world.storm > 0 ? 3 : [0, 0, 1, 3][random.below(4)];
  registers[Register.a0] = mostly(world, endpointSlot(world, mind, form));
  registers[Register.a2] = makeRoom(world, mind);
  composeTimeouts(world, mind);
  // Plain calls, which wait as long as it takes, are what the fast path is for.
  if (mind.isSupervisor || random.chance(1, 2)) return;
  registers[Register.a1] = 0;
  registers[Register.a2] = 0;
  registers[Register.receiveTimeout] = -1;
  mind.isLong = false;
  world.messages.setStream(mind.sent, shortStream);
}

function composeReceive(world: World, mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  const isSet = random.chance(1, 5);
  const set = isSet ? slotOfKind(world, mind.space, Kind.endpointSet) : 0;
  registers[Register.a0] = mostly(world, set || endpointSlot(world, mind, 0));
  registers[Register.a2] = makeRoom(world, mind);
  registers[Register.a3] = random.chance(1, 6) ? 1 + random.below(6) : 0;
  composeTimeouts(world, mind);
}

function composeReplyAndReceive(world: World, mind: Mind): void {
  composeMessage(world, mind, mind.received);
  composeReceive(world, mind);
  if (mind.isSupervisor || world.random.chance(1, 2)) return;
  const { registers } = world.k;
  registers[Register.a1] = 0;
  registers[Register.a2] = 0;
  registers[Register.a3] = 0;
  registers[Register.receiveTimeout] = -1;
  mind.isLong = false;
  world.messages.setStream(mind.sent, shortStream);
}

/** Answers what is owed, or through a saved capability, of which nobody knows whose call it was. */
function composeReply(world: World, mind: Mind): void {
  const isSaved = world.random.chance(1, 2);
  const slot = isSaved ? mostly(world, slotOfKind(world, mind.space, Kind.reply)) : 0;
  composeMessage(world, mind, slot === 0 ? mind.received : 0);
  world.k.registers[Register.a0] = slot;
  composeTimeouts(world, mind);
}

function composeSaveReply(world: World, mind: Mind): void {
  world.k.registers[Register.a0] = mostly(world, freeSlot(world, mind.space));
}

/** Nobody makes this call but the kernel: there is nothing to wait for. */
function composeAwaitReply(world: World, mind: Mind): void {
  world.k.registers[Register.a2] = makeRoom(world, mind);
  composeTimeouts(world, mind);
}

/** The running portal's answer. */
export function composeAnswer(world: World, mind: Mind): void {
  composeMessage(world, mind, mind.received);
}

export const ipcComposers = {
  send: composeSend,
  receive: composeReceive,
  call: composeCall,
  replyAndReceive: composeReplyAndReceive,
  reply: composeReply,
  awaitReply: composeAwaitReply,
  saveReply: composeSaveReply,
} satisfies Partial<Record<SyscallName, Composer>>;
