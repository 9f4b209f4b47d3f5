// Meddling: a long copy has stopped between two steps, and before it goes on something happens to one
// of its parties or to what it goes through. An operator kills a party, the endpoint is destroyed, or a
// thread of high priority is started that stops, interrupts or destroys a party by calls of its own.
import { Kind, Register, Status, Syscall } from "../../src/abi/index.ts";
import { isLive } from "../../src/base/index.ts";
import { reserveSlot } from "../../src/kernel/capability.ts";
import { hasRoom } from "../../src/kernel/charge.ts";
import { createObject, grant, startThread } from "../../src/kernel/index.ts";
import { referenceKind, referenceRow, Thread, threadShift } from "../../src/kernel/layout.ts";
import { endpointClass } from "../../src/kernel/object/endpoint.ts";
import { threadClass } from "../../src/kernel/object/thread.ts";
import type { Step } from "../mind.ts";
import { takeNotices } from "../notices.ts";
import { freeSlot, mindOf, type World } from "../world.ts";
import { hasFreeSlot, isActivation, someRow } from "./injections.ts";

const highPriority = 30;

/** Does something to a copy that has stopped, if there is one. */
export function meddle(world: World): void {
  const { k, random } = world;
  const partner = k.threads[(k.current << threadShift) + Thread.partner];
  if (partner === 0) return;
  const draw = random.below(10);
  if (draw === 0) kill(world, partner);
  else if (draw === 1) destroyEndpoint(world, partner);
  else startMeddler(world, random.chance(1, 2) ? partner : k.current);
}

function kill(world: World, thread: number): void {
  while (!threadClass.destroyStep(world.k, thread));
  takeNotices(world);
}

/** What the waiting party waits at is destroyed, unless it is its own reply object. */
function destroyEndpoint(world: World, waiting: number): void {
  const { k } = world;
  const waitsOn = k.threads[(waiting << threadShift) + Thread.waitsOn];
  const row = referenceRow(waitsOn);
  if (referenceKind(waitsOn) !== Kind.endpoint || !isLive(k.tables[Kind.endpoint], row)) return;
  while (!endpointClass.destroyStep(k, row));
}

function step(call: number, a0: number): Step {
  return new Map<number, number>([
    [Register.call, call],
    [Register.a0, a0],
  ]);
}

function startMeddler(world: World, party: number): void {
  const { k, random } = world;
  const space = someRow(world, Kind.space);
  const threads = k.tables[Kind.thread];
  // Nobody gets a name with rights for an activation, not even for one that runs as a thread.
  if (isActivation(world, Kind.thread, party)) return;
  if (space === 0 || !hasFreeSlot(k, space) || !hasRoom(k, space)) return;
  if (threads.liveCount >= threads.rowLimit) return;
  const slot = freeSlot(world, space);
  if (reserveSlot(k, space, slot) !== Status.ok) return;
  grant(k, space, slot, { kind: Kind.thread, row: party });
  const row = createObject(k, Kind.thread, space, [highPriority]);
  const calls = [
    [Syscall.threadStop, Syscall.threadResume],
    [Syscall.threadInterrupt],
    [Syscall.objectDestroy],
    [Syscall.threadStop],
  ][random.below(4)];
  const steps = [...calls, Syscall.capabilityDelete].map((call) => step(call, slot));
  mindOf(world, row).script = { steps, next: 0, subject: undefined, subjectRow: 0 };
  startThread(k, row);
}
