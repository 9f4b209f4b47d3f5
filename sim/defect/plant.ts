// Planting: how a defect gets into a kernel without standing in its source. Handlers of calls are
// wrapped in the table that events dispatch through, for the time of one run; what the port does is
// wrapped in the memories of one world.
import { Register, Status, Syscall, type SyscallName } from "../../src/abi/index.ts";
import { findObject } from "../../src/kernel/capability.ts";
import { Thread, threadShift } from "../../src/kernel/layout.ts";
import type { Kernel } from "../../src/kernel/index.ts";
import { type Handler, handlers } from "../../src/kernel/syscall/handlers.ts";
import type { World } from "../world.ts";

/** A defect, ready to be run with. */
export interface Defect {
  readonly name: string;
  /** The call, class of calls or queue that it is in. */
  readonly place: string;
  /** Puts it in place for all kernels; answers how to take it out. */
  readonly plant: () => () => void;
  /** Called before every event, for defects that are not in a call. */
  readonly onEvent?: (world: World) => void;
}

/** A wrong handler, made from the right one. */
export type Spoil = (k: Kernel, right: Handler) => number;

/** A defect in one call. */
export function inCall(call: SyscallName, name: string, spoil: Spoil): Defect {
  return { name, place: call, plant: () => replaceHandler(call, spoil) };
}

function replaceHandler(call: SyscallName, spoil: Spoil): () => void {
  // The table is read-only to the kernel; a planted defect is exactly what must not be in its source.
  const table = handlers as (Handler | undefined)[];
  const number = Syscall[call];
  const right = table[number];
  if (right === undefined) throw new RangeError(`${call} has no handler to spoil`);
  table[number] = (k) => spoil(k, right);
  return () => {
    table[number] = right;
  };
}

/** A defect in what happens between events. */
export function between(place: string, name: string, onEvent: (world: World) => void): Defect {
  return { name, place, plant: () => () => {}, onEvent };
}

/** Whether the call that a handler has just made went well, and its thread still runs. */
export function wentWell(k: Kernel, thread: number): boolean {
  return k.current === thread && k.registers[Register.call] === 0 && isOkay(k);
}

function isOkay(k: Kernel): boolean {
  return k.registers[Register.status] === Status.ok;
}

/** Place of a word in a thread's row. */
export function word(thread: number, at: number): number {
  return (thread << threadShift) + at;
}

/** The object of a kind that the running thread's call names, or 0. */
export function named(k: Kernel, kind: number): number {
  return findObject(k, k.registers[Register.a0], kind, 0);
}

/** The space of a thread. */
export function spaceOf(k: Kernel, thread: number): number {
  return k.threads[word(thread, Thread.space)];
}
