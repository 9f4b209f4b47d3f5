// What a call that has just succeeded must have done, as far as one look at the kernel can tell: the
// waiters that are woken, the descendants that are gone, the time that it is.
import { Kind, regionHandle, Register, Status, Syscall } from "../../src/abi/index.ts";
import { slotRow } from "../../src/kernel/capability.ts";
import {
  Capability,
  capabilityShift,
  Condition,
  conditionShift,
  FutexQueue,
  futexQueueShift,
  Thread,
  threadShift,
} from "../../src/kernel/layout.ts";
import { promise } from "../failure.ts";
import { objectInSlot, type World } from "../world.ts";

/** What is remembered of a call while it is made. */
export interface Before {
  readonly call: number;
  readonly space: number;
  readonly slot: number;
  /** Futex calls: the address, how many wait there, and how many were to be woken. */
  readonly address: number;
  readonly waiters: number;
  readonly wanted: number;
  /** Calls on regions: where in the caller's memory, and how many bytes. */
  readonly here: number;
  readonly bytes: number;
}

export function lookBefore(world: World, space: number): Before {
  const { registers } = world.k;
  const call = registers[Register.call];
  const slot = registers[Register.a0];
  const address = registers[Register.a1];
  const isWake = call === Syscall.futexWake;
  const waiters = isWake
    ? countWaiters(world, objectInSlot(world.k, space, slot, Kind.futexQueue), address)
    : 0;
  const here = registers[Register.a2];
  return { call, space, slot, address, waiters, wanted: here, here, bytes: registers[Register.a3] };
}

function countWaiters(world: World, row: number, address: number): number {
  const { k } = world;
  let count = 0;
  if (row === 0) return 0;
  const words = k.tables[Kind.futexQueue].words;
  for (let thread = words[(row << futexQueueShift) + FutexQueue.waiters]; thread !== 0;) {
    const base = thread << threadShift;
    if (k.threads[base + Thread.futexAddress] === address) count++;
    thread = k.threads[base + Thread.waitNext];
  }
  return count;
}

/** The call is over, and nothing else has happened since it was made. */
export function checkEffect(world: World, before: Before): void {
  const { k } = world;
  const { registers } = k;
  if (registers[Register.status] !== Status.ok) return;
  switch (before.call) {
    case Syscall.capabilityRevoke:
      checkRevoked(world, before);
      return;
    case Syscall.regionRead:
    case Syscall.regionWrite:
      checkCopied(world, before);
      return;
    case Syscall.conditionBroadcast:
      checkBroadcast(world, before);
      return;
    case Syscall.futexWake: {
      const woken = Math.max(0, Math.min(before.waiters, before.wanted));
      promise(
        registers[Register.w0] === woken,
        () => `${registers[Register.w0]} threads were woken at a futex where ${woken} should be`,
      );
      return;
    }
    case Syscall.clockRead: {
      const ns = (registers[Register.w0] >>> 0) + registers[Register.w1] * 2 ** 32;
      promise(ns === k.nowNs, () => `the clock says ${ns} at ${k.nowNs}`);
      return;
    }
    case Syscall.objectIdentify: {
      const base = slotRow(k, before.space, before.slot) << capabilityShift;
      const kind = k.capabilities[base] & 0xff;
      promise(
        registers[Register.w0] === kind,
        () => `an object of kind ${kind} was identified wrongly`,
      );
      return;
    }
    default:
  }
}

/** After a revoke nothing is left that was derived from the capability. */
function checkRevoked(world: World, { space, slot }: Before): void {
  const base = slotRow(world.k, space, slot) << capabilityShift;
  const child = world.k.capabilities[base + Capability.firstChild];
  promise(child === 0, () => `slot ${slot} of space ${space} was revoked and has descendants`);
}

/** What was copied between a region and a memory is now the same in both, from first to last byte. */
function checkCopied(world: World, { space, slot, address, here, bytes }: Before): void {
  const row = objectInSlot(world.k, space, slot, Kind.region);
  if (row === 0 || bytes === 0) return;
  const region = new Uint8Array(world.memories.wordsOf(regionHandle(row)).buffer);
  const memory = new Uint8Array(world.memories.wordsOf(space).buffer);
  for (const i of [0, bytes >> 1, bytes - 1]) {
    promise(region[address + i] === memory[here + i], () => `byte ${i} of a region was not copied`);
  }
}

function checkBroadcast(world: World, { space, slot }: Before): void {
  const row = objectInSlot(world.k, space, slot, Kind.condition);
  const words = world.k.tables[Kind.condition].words;
  const waiter = words[(row << conditionShift) + Condition.waiters];
  promise(row === 0 || waiter === 0, () => `thread ${waiter} still waits after a broadcast`);
}
