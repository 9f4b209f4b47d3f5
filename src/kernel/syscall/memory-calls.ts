// Calls that move bytes between the caller's memory and a region or the memory of another space, and
// the few that are left: endpoint sets, bindings of a space, the clock.
import {
  copyStepBytes,
  Kind,
  Next,
  Register,
  Right,
  Status,
  regionHandle,
} from "../../abi/index.ts";
import { rowsOf } from "../../base/index.ts";
import { badgeOf, currentSpace, findCapability, findObject, objectOf } from "../capability.ts";
import {
  Endpoint,
  endpointShift,
  EndpointSet,
  endpointSetShift,
  Space,
  spaceShift,
} from "../layout.ts";
import { eventWaits, type Kernel } from "../kernel.ts";
import { isInside } from "../ipc/message.ts";
import { bitsFor } from "../object/notification.ts";
import { joinSet, leaveSet } from "../object/endpoint.ts";
import { generationOf } from "../object/object.ts";
import { finish, restart, waitLinks } from "../waiting.ts";

/** a0: region, a1: offset in it, a2: address, a3: bytes. Long; its arguments advance as it copies. */
export function regionRead(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.region, Right.read);
  return row === 0 ? finish(k, k.refusal) : copyBetween(k, regionHandle(row), true);
}

export function regionWrite(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.region, Right.write);
  return row === 0 ? finish(k, k.refusal) : copyBetween(k, regionHandle(row), false);
}

/** a0: space, a1: address there, a2: address here, a3: bytes. For debuggers and checkpoints. */
export function memoryRead(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.space, Right.read);
  return row === 0 ? finish(k, k.refusal) : copyBetween(k, row, true);
}

export function memoryWrite(k: Kernel): number {
  const row = findObject(k, k.registers[Register.a0]!, Kind.space, Right.write);
  return row === 0 ? finish(k, k.refusal) : copyBetween(k, row, false);
}

function copyBetween(k: Kernel, handle: number, isRead: boolean): number {
  const space = currentSpace(k);
  const { registers } = k;
  const bytes = registers[Register.a3]!;
  const isMapped =
    isInside(k, handle, registers[Register.a1]!, bytes) &&
    isInside(k, space, registers[Register.a2]!, bytes);
  if (!isMapped) return finish(k, Status.badAddress);
  while (registers[Register.a3]! > 0) {
    const step = Math.min(copyStepBytes, registers[Register.a3]!);
    const there = registers[Register.a1]! >>> 0;
    const here = registers[Register.a2]! >>> 0;
    if (isRead) k.memories.copy(handle, there, space, here, step);
    else k.memories.copy(space, here, handle, there, step);
    registers[Register.a1]! += step;
    registers[Register.a2]! += step;
    registers[Register.a3]! -= step;
    const isMore = registers[Register.a3]! > 0;
    if (isMore && k.portalDepth === 0 && eventWaits(k, true)) return Next.again;
  }
  return finish(k, Status.ok);
}

/** Receivers that wait at a set make their call again: a member with senders has joined. */
function wakeReceivers(k: Kernel, set: number): void {
  const words = k.tables[Kind.endpointSet]!.words;
  const at = (set << endpointSetShift) + EndpointSet.receivers;
  for (const receiver of rowsOf(waitLinks(k), words, at)) restart(k, receiver);
}

/** a0: endpoint set, a1: endpoint, which is in no set. */
export function setAdd(k: Kernel): number {
  const set = findObject(k, k.registers[Register.a0]!, Kind.endpointSet, Right.control);
  if (set === 0) return finish(k, k.refusal);
  const row = findObject(k, k.registers[Register.a1]!, Kind.endpoint, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  const base = row << endpointShift;
  const isFree =
    k.endpoints[base + Endpoint.set] === 0 && k.endpoints[base + Endpoint.portal] === 0;
  if (!isFree) return finish(k, Status.wrongState);
  // ---- commit ----
  joinSet(k, row, set);
  const sender = k.endpoints[base + Endpoint.senders]!;
  if (sender !== 0) wakeReceivers(k, set);
  return finish(k, Status.ok);
}

/** a0: endpoint set, a1: endpoint in it. */
export function setRemove(k: Kernel): number {
  const set = findObject(k, k.registers[Register.a0]!, Kind.endpointSet, Right.control);
  if (set === 0) return finish(k, k.refusal);
  const row = findObject(k, k.registers[Register.a1]!, Kind.endpoint, Right.receive);
  if (row === 0) return finish(k, k.refusal);
  const isMember = k.endpoints[(row << endpointShift) + Endpoint.set] === set;
  if (!isMember) return finish(k, Status.wrongState);
  // ---- commit ----
  leaveSet(k, row);
  return finish(k, Status.ok);
}

/** What `spaceBind` can bind to a space. */
export const Binding = { chief: 1, exit: 2, fault: 3, redirectSlot: 4 } as const;

/** a0: space, a1: what, a2: slot of the endpoint or notification (0: nothing), a3: bits for exit. */
export function spaceBind(k: Kernel): number {
  const space = findObject(k, k.registers[Register.a0]!, Kind.space, Right.control);
  if (space === 0) return finish(k, k.refusal);
  const what = k.registers[Register.a1]!;
  const slot = k.registers[Register.a2]!;
  if (what === Binding.redirectSlot) {
    k.spaces[(space << spaceShift) + Space.redirectSlot] = slot;
    return finish(k, Status.ok);
  }
  if (what < Binding.chief || what > Binding.fault) return finish(k, Status.badArgument);
  const kind = what === Binding.exit ? Kind.notification : Kind.endpoint;
  const capability = slot === 0 ? 0 : findCapability(k, slot, kind, Right.send);
  if (slot !== 0 && capability === 0) return finish(k, k.refusal);
  const target = capability === 0 ? 0 : objectOf(k, capability);
  // A faulted thread waits to be heard of, which it cannot do at a portal.
  const isPortal = k.endpoints[(target << endpointShift) + Endpoint.portal] !== 0;
  if (what === Binding.fault && target !== 0 && isPortal) return finish(k, Status.wrongState);
  let badge = capability === 0 ? 0 : badgeOf(k, capability);
  if (what === Binding.exit && capability !== 0) {
    badge = bitsFor(k, badge, k.registers[Register.a3]!);
    if (badge === 0) return finish(k, k.refusal);
  }
  // ---- commit ----
  const generation = capability === 0 ? 0 : generationOf(k, kind, target);
  bind(k, space, what, { target, generation, badge });
  return finish(k, Status.ok);
}

interface Bound {
  readonly target: number;
  readonly generation: number;
  /** What the endpoint sees, or the bits that the notification gets. */
  readonly badge: number;
}

function bind(k: Kernel, space: number, what: number, bound: Bound): void {
  const base = space << spaceShift;
  const first =
    what === Binding.chief
      ? Space.chiefEndpoint
      : what === Binding.exit
        ? Space.exitNotification
        : Space.faultEndpoint;
  k.spaces[base + first] = bound.target;
  k.spaces[base + first + 1] = bound.generation;
  k.spaces[base + first + 2] = bound.badge;
  if (what !== Binding.chief) return;
  const chief = k.endpoints[(bound.target << endpointShift) + Endpoint.space]!;
  k.spaces[base + Space.clan] =
    bound.target === 0 ? 0 : k.spaces[(chief << spaceShift) + Space.identity]!;
}

/** Answers w0 and w1, the nanoseconds since the core started: low word, high word. */
export function clockRead(k: Kernel): number {
  k.registers[Register.w0] = k.nowNs | 0;
  k.registers[Register.w1] = Math.floor(k.nowNs / 2 ** 32);
  return finish(k, Status.ok);
}
