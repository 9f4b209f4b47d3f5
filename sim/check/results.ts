// What a program may conclude from the answer to its call: checked when its thread goes on and sees
// it. Portals see the message that they were called with in the same way.
import { Kind, Register, Status, Syscall } from "../../src/abi/index.ts";
import {
  Endpoint,
  endpointShift,
  Mutex,
  mutexShift,
  Space,
  spaceShift,
} from "../../src/kernel/layout.ts";
import { promise } from "../failure.ts";
import type { Mind } from "../mind.ts";
import { checkLong, makeRoomIn, portalDescriptor } from "../workload/descriptor.ts";
import type { World } from "../world.ts";
import { isAnywhere } from "./lost.ts";
import { checkServed } from "./order.ts";

/** The running thread sees what its call answered. */
export function checkResult(world: World, mind: Mind): void {
  const { registers } = world.k;
  const status = registers[Register.status];
  switch (mind.call) {
    case Syscall.send:
      checkSent(world, mind, status);
      return;
    case Syscall.receive:
    case Syscall.replyAndReceive:
      if (status === Status.ok) checkReceived(world, mind);
      return;
    case Syscall.call:
    case Syscall.awaitReply:
      if (status === Status.ok) world.messages.answer(checkArrival(world, mind), mind.sent);
      return;
    case Syscall.mutexLock:
    case Syscall.mutexTryLock:
    case Syscall.conditionWait:
      if (mind.object === 0) return;
      if (status === Status.ok || status === Status.ownerDied) takeMutex(world, mind);
      return;
    case Syscall.threadSleep:
      if (status === Status.timeout) checkSlept(world, mind);
      return;
    case Syscall.objectIdentify:
      // A reply object's generation depends on how its calls were made, and nobody needs it.
      if (registers[Register.w0] === Kind.reply) registers[Register.w2] = 0;
      return;
    default:
  }
}

/** A sleep may end late, and never early. */
function checkSlept(world: World, mind: Mind): void {
  const { nowNs } = world.k;
  promise(
    nowNs >= mind.sleepsUntilNs,
    () => `a thread woke at ${nowNs}, early for ${mind.sleepsUntilNs}`,
  );
}

function checkReceived(world: World, mind: Mind): void {
  mind.received = checkArrival(world, mind);
  const sender = world.messages.senderOf(mind.received);
  // Whoever waited before being served is compared with those who wait now, in the same event.
  if (mind.isOpen && mind.calledAt === world.eventCount && sender !== undefined)
    checkServed(world, sender);
}

function checkArrival(world: World, mind: Mind): number {
  const message = world.messages.arrive(world.k.registers);
  if (mind.isLong) checkLong(world, mind.space, mind.area, message);
  return message;
}

function checkSent(world: World, mind: Mind, status: number): void {
  if (status !== Status.ok) {
    world.messages.refuse(mind.sent);
    return;
  }
  const isThere = world.messages.hasArrived(mind.sent) || isAnywhere(world, mind);
  promise(isThere, () => `message ${mind.sent} was sent, and nobody has it`);
}

/** What a condition wait locks is what its slot names by then, which may be another mutex. */
function takeMutex(world: World, mind: Mind): void {
  const { k } = world;
  const owner = k.tables[Kind.mutex].words[(mind.object << mutexShift) + Mutex.owner];
  if (mind.stage !== 0 && owner !== k.current) return;
  world.mutexes.take(`${mind.object}.${mind.objectGeneration}`, mind);
}

/** A portal was entered: its activation is the running thread, the message is in the registers. */
export function checkEntry(world: World, mind: Mind): void {
  const { k } = world;
  mind.received = world.messages.arrive(k.registers);
  const base = k.portal << endpointShift;
  const hasRoom = k.endpoints[base + Endpoint.descriptor] === portalDescriptor;
  const active = k.spaces[(mind.space << spaceShift) + Space.activeCount];
  if (!hasRoom || active !== 1) return;
  checkLong(world, mind.space, 0, mind.received);
  makeRoomIn(world, mind.space, 0);
}
