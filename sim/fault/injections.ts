// What happens to a core from outside: time passes, devices speak, and boot gives capabilities and
// threads to spaces, so that a workload whose threads have all come to rest goes on.
import { Kind, kindCount, StackState, Status } from "../../src/abi/index.ts";
import { isLive } from "../../src/base/index.ts";
import {
  createObject,
  createRootSpace,
  grant,
  interrupt,
  type Kernel,
  nextTickNs,
  stackLeft,
  startThread,
  tick,
} from "../../src/kernel/index.ts";
import { hasRoom } from "../../src/kernel/charge.ts";
import { reserveSlot } from "../../src/kernel/capability.ts";
import { materialize } from "../../src/kernel/ipc/lazy-portals.ts";
import {
  Space,
  spaceShift,
  SpaceState,
  Thread,
  ThreadFlag,
  threadShift,
} from "../../src/kernel/layout.ts";
import { threadClass } from "../../src/kernel/object/thread.ts";
import { takeNotices } from "../notices.ts";
import { freeSlot, mindOf, slotsUsed, type World } from "../world.ts";

/** A row of a kind that is live, chosen evenly among the rows, or 0. */
export function someRow(world: World, kind: number): number {
  const table = world.k.tables[kind];
  const start = world.random.below(table.highWater);
  for (let i = 0; i < table.highWater; i++) {
    const row = (start + i) % table.highWater;
    if (isLive(table, row)) return row;
  }
  return 0;
}

/** Time passes: to a deadline, which has perhaps passed; or a little, or, now and then, a lot. */
export function passTime(world: World, deadlineNs: number): void {
  const { k, random } = world;
  const lateNs = random.chance(1, 16) ? random.below(40_000_000) : random.below(100_000);
  tick(k, Math.max(k.nowNs, Math.min(deadlineNs, k.nowNs + 1e10)) + lateNs);
}

/** One of the things that can happen between any two steps of a core. */
export function happen(world: World): void {
  const { k, random } = world;
  letStackLeave(world);
  const draw = random.below(10);
  if (draw < 6) passTime(world, random.chance(1, 3) ? nextTickNs(k) : k.nowNs);
  else if (draw < 8) interrupt(k, someRow(world, Kind.notification), 1 << random.below(4));
  else giveCapability(world);
}

/** An adapter is done with a thread that was stopped, and that may have been resumed or ended since. */
function letStackLeave({ k, random, leaving }: World): void {
  const thread = leaving.shift();
  if (thread === undefined) return;
  stackLeft(
    k,
    thread,
    random.pick([StackState.out, StackState.out, StackState.held, StackState.lost]),
  );
}

/** Boot gives some space a capability to something. */
export function giveCapability(world: World): void {
  const { k, random } = world;
  const space = someRow(world, Kind.space);
  const kind = [
    Kind.endpoint,
    Kind.endpoint,
    Kind.thread,
    Kind.mutex,
    Kind.space,
    1 + random.below(kindCount - 1),
  ][random.below(6)];
  const row = someRow(world, kind);
  if (space === 0 || row === 0 || kind === Kind.reply || isActivation(world, kind, row)) return;
  // What boot does must not be seen by a kernel that has something unwritten.
  if (k.lazyCount > 0) materialize(k);
  if (!hasFreeSlot(k, space)) return;
  const slot = freeSlot(world, space);
  if (reserveSlot(k, space, slot) !== Status.ok) return;
  grant(k, space, slot, { kind, row, badge: random.below(4) });
}

export function isActivation(world: World, kind: number, row: number): boolean {
  const flags = world.k.threads[(row << threadShift) + Thread.flags];
  return kind === Kind.thread && (flags & ThreadFlag.activation) !== 0;
}

/** Whether a living space has a slot to fill. */
export function hasFreeSlot(k: Kernel, space: number): boolean {
  const base = space << spaceShift;
  const slots = k.spaces[base + Space.slotCount];
  return isAlive(k, space) && slots < k.spaces[base + Space.slotLimit] && slots < slotsUsed;
}

function isAlive(k: Kernel, space: number): boolean {
  return space !== 0 && k.spaces[(space << spaceShift) + Space.state] === SpaceState.alive;
}

/** Boot makes a space with an endpoint of each form, in place of one that was destroyed. */
function addSpace(world: World): number {
  const { k } = world;
  const space = createRootSpace(k);
  if (reserveSlot(k, space, 1) !== Status.ok) return space;
  grant(k, space, 1, { kind: Kind.space, row: space });
  const endpoints = k.tables[Kind.endpoint];
  for (const form of [0, 1, 3]) {
    if (endpoints.liveCount === endpoints.rowLimit || !hasThreadRoom(k)) break;
    const row = createObject(k, Kind.endpoint, space, [form]);
    grant(k, space, freeSlot(world, space), { kind: Kind.endpoint, row });
  }
  return space;
}

/** Whether two more threads and their reply objects would fit. */
function hasThreadRoom(k: Kernel): boolean {
  const threads = k.tables[Kind.thread];
  const replies = k.tables[Kind.reply];
  return threads.liveCount + 2 <= threads.rowLimit && replies.liveCount + 2 <= replies.rowLimit;
}

/** Boot kills a thread, as it would one that an operator has had enough of. */
function killSome(world: World): void {
  const { k } = world;
  const row = someRow(world, Kind.thread);
  if (row === 0 || isActivation(world, Kind.thread, row)) return;
  while (!threadClass.destroyStep(k, row));
  takeNotices(world);
}

/** Nobody runs: a device speaks, and boot starts another thread, or kills one to make room. */
export function revive(world: World): void {
  const { k, random } = world;
  interrupt(k, someRow(world, Kind.notification), 15);
  const space = k.tables[Kind.space].liveCount < 3 ? addSpace(world) : someRow(world, Kind.space);
  if (!isAlive(k, space)) return;
  const isFull = !hasRoom(k, space);
  const threads = k.tables[Kind.thread];
  const replies = k.tables[Kind.reply];
  const isCrowded =
    threads.liveCount >= threads.rowLimit - 6 || replies.liveCount >= replies.rowLimit;
  if (isCrowded && random.chance(2, 3)) killSome(world);
  if (isFull || threads.liveCount >= threads.rowLimit || replies.liveCount >= replies.rowLimit)
    return;
  const row = createObject(k, Kind.thread, space, [10 + random.below(8)]);
  mindOf(world, row).isSupervisor = random.chance(1, 2);
  startThread(k, row);
}
