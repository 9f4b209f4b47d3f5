// What a WASI function works on: the program's memory, its thread's way into the kernel, and what the
// program was started with. It is made by the process adapter and linked into the program's own
// process: WASI code has the program's authority and no other.
//
// A call may make several kernel calls, one at a time. What it has to remember between them is in
// `doneBytes` and `askedBytes`, and nowhere else: they belong to the image of a thread that waits.
import { leaveStack, Register, Status, Syscall } from "../abi/index.ts";
import { Errno, type LongCall } from "../userlib/index.ts";
import type { DescriptorTable } from "./descriptor-table.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { KnownPoll } from "./poll-list.ts";

/** A value of wasm as JavaScript sees it: i64 is a bigint. */
export type WasmValue = number | bigint;

export interface WasiProcess {
  readonly memory: GuestMemory;
  readonly call: LongCall;
  readonly table: DescriptorTable;
  /** Each argument, and each `NAME=value`, as bytes ending in a zero. */
  readonly args: readonly Uint8Array[];
  readonly env: readonly Uint8Array[];
  /** Slots of the servers that are not behind a descriptor. */
  readonly clock: number;
  readonly entropy: number;
  /** What the thread polled last, if that is worth remembering: see poll-list.ts. */
  knownPoll?: KnownPoll | undefined;
  /** Progress of the open call. */
  doneBytes: number;
  askedBytes: number;
  /** Ends the program: enters the kernel and answers what it answered. */
  exit(code: number): number;
}

/**
 * One import. `begin` runs when the program calls it, `finish` when the kernel call that made `begin`
 * (or `finish`) answer `leaveStack` is over; both get the same arguments, and answer an errno or
 * `leaveStack`. They are methods, so that a function of two numbers can stand for one of any values.
 */
export interface WasiFunction {
  begin(p: WasiProcess, ...args: WasmValue[]): number;
  finish(p: WasiProcess, ...args: WasmValue[]): number;
}

/** An import that never waits. */
export function immediate(begin: WasiFunction["begin"]): WasiFunction {
  return { begin, finish: begin };
}

/** Ends the calling thread, which for a program of one thread is the program. */
export function exitThread(call: LongCall, code: number): number {
  const { registers } = call.caller;
  registers[Register.call] = Syscall.threadExit;
  registers[Register.a0] = code;
  return call.caller.enter();
}

/** How the message ended: the errno of the server, or one for what the kernel said. */
export function outcome(p: WasiProcess): number {
  const { status } = p.call;
  return status === Status.ok ? p.call.label : errnoOf(status);
}

/** Makes the message's call and hands over to `finish` unless the thread has to wait. */
export function enter(p: WasiProcess): number {
  return p.call.enter() === leaveStack ? leaveStack : outcome(p);
}

const errnos = new Map<number, number>([
  [Status.badCapability, Errno.badf],
  [Status.noRight, Errno.perm],
  [Status.badArgument, Errno.inval],
  [Status.badAddress, Errno.fault],
  [Status.outOfObjects, Errno.nfile],
  [Status.timeout, Errno.again],
  [Status.interrupted, Errno.intr],
  [Status.busy, Errno.busy],
  [Status.portalMayNotBlock, Errno.again],
]);

function errnoOf(status: number): number {
  return errnos.get(status) ?? Errno.io;
}

/** Low and high word of an integer from 0 to 2^53. */
export function lowWord(value: number): number {
  return value | 0;
}

export function highWord(value: number): number {
  return Math.floor(value / 2 ** 32) | 0;
}

/** A number of 64 bits from the answer's words; exact below 2^53. */
export function wordPair(p: WasiProcess, first: number): number {
  return (p.call.word(first) >>> 0) + (p.call.word(first + 1) >>> 0) * 2 ** 32;
}
