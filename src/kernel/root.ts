// What the composition root does to a kernel before any program runs, and what no program can ask
// for: spaces without a maker, and capabilities out of nothing. Only `boot` and the simulator use it.
import { Kind, Register, registerCount, Status, ThreadState } from "../abi/index.ts";
import { assert } from "../base/index.ts";
import { insertCapability, ownerRights, reserveSlot } from "./capability.ts";
import { Thread, threadShift } from "./layout.ts";
import type { Kernel } from "./kernel.ts";
import { classOf } from "./object/object.ts";
import { putStackInUse } from "./object/thread-stack.ts";
import { makeReady, stateOf } from "./schedule.ts";

/** Parameters of an object, as the words w0 to w5 of `objectCreate`. */
export type CreateWords = readonly number[];

/** Makes an object for a space (0: for nobody). Answers its row; throws if a table is full. */
export function createObject(
  k: Kernel,
  kind: number,
  space: number,
  words: CreateWords = [],
): number {
  const saved = k.registers.slice(0, registerCount);
  for (let i = 0; i < 6; i++) k.registers[Register.w0 + i] = words[i] ?? 0;
  const row = classOf(kind).create(k, space);
  k.registers.set(saved);
  if (row === 0) throw new RangeError(`the kernel has no room for an object of kind ${kind}`);
  return row;
}

/** A space that nobody made. */
export function createRootSpace(k: Kernel): number {
  return createObject(k, Kind.space, 0);
}

export interface Grant {
  readonly kind: number;
  readonly row: number;
  readonly rights?: number;
  readonly badge?: number;
}

/** Puts a capability into a free slot of a space. */
export function grant(k: Kernel, space: number, slot: number, given: Grant): void {
  const status = reserveSlot(k, space, slot);
  if (status !== Status.ok)
    throw new RangeError(`slot ${slot} cannot take a capability: ${status}`);
  insertCapability(k, space, slot, {
    kind: given.kind,
    object: given.row,
    rights: given.rights ?? ownerRights,
    badge: given.badge ?? 0,
    parent: 0,
  });
}

/** Sets registers of a stopped thread and lets it run. */
export function startThread(k: Kernel, thread: number, registers: readonly number[] = []): void {
  assert(stateOf(k, thread) === ThreadState.stopped, "a thread started is stopped", thread);
  const at = (thread << threadShift) + Thread.registers;
  registers.forEach((word, i) => (k.threads[at + i] = word));
  putStackInUse(k, thread);
  makeReady(k, thread);
}
