// Waiting on memory and waking: what a prepared program calls in place of memory.atomic.wait and notify.
// They are futex calls of the kernel on the queue that every program is given, so that a thread that
// waits leaves its core to others. The answers are those of the instructions, and a memory that nobody
// else could write to cannot be waited on: that is a trap.
import {
  forever,
  InitialSlot,
  leaveStack,
  Register,
  Status,
  Syscall,
  timeoutUsMax,
} from "../../abi/index.ts";
import type { Core } from "../core.ts";
import { trap } from "./fuel-trap.ts";
import type { ImportFunction } from "./link.ts";
import { ReservedImport } from "./prepare/index.ts";

const WaitAnswer = { woken: 0, notEqual: 1, timedOut: 2 } as const;

/** The program's memory as words, at least up to an index. */
export type Words = (end: number) => Int32Array;

/** What is left of a thread's wait, microseconds, beyond the call that it is in; -1 for ever. */
export interface WaitProgress {
  leftUs: number;
}

type Value = number | bigint;

/** The functions for one thread: how long it has still to wait is its own. */
export function threadWaits(
  core: Core,
  words: Words,
  progress: WaitProgress = { leftUs: forever },
): ReadonlyMap<string, ImportFunction> {
  const has32At = (at: number, expected: Value) => has32(words(at + 1), at, expected);
  const has64At = (at: number, expected: Value) => has64(words(at + 2), at, expected);
  return new Map([
    [ReservedImport.atomicWait32, wait(core, progress, has32At)],
    [ReservedImport.atomicWait64, wait(core, progress, has64At)],
    [ReservedImport.atomicNotify, notify(core)],
  ]);
}

function has32(memory: Int32Array, at: number, expected: Value): boolean {
  mustBeShared(memory);
  return memory[at] === Number(expected);
}

function has64(memory: Int32Array, at: number, expected: Value): boolean {
  mustBeShared(memory);
  const low = BigInt.asUintN(32, BigInt(memory[at]!));
  return ((BigInt(memory[at + 1]!) << 32n) | low) === expected;
}

function mustBeShared({ buffer }: Int32Array): void {
  if (buffer instanceof ArrayBuffer) trap();
}

/** `isEqual` says whether the value at an index of words is the expected one. */
function wait(
  core: Core,
  progress: WaitProgress,
  isEqual: (at: number, expected: Value) => boolean,
): ImportFunction {
  const { registers } = core;

  function enter(address: number, expected: Value): number {
    if (!isEqual(address >>> 2, expected)) return WaitAnswer.notEqual;
    registers[Register.call] = Syscall.futexWait;
    registers[Register.a0] = InitialSlot.futexQueue;
    registers[Register.a1] = address;
    // The kernel looks once more, at the first word: nothing can have changed it since.
    registers[Register.a2] = Number(BigInt.asIntN(32, BigInt(expected)));
    registers[Register.receiveTimeout] = Math.min(progress.leftUs, timeoutUsMax);
    return core.enter() === leaveStack ? leaveStack : over(address, expected);
  }

  function over(address: number, expected: Value): number {
    const status = registers[Register.status]!;
    if (status === Status.wouldBlock) return WaitAnswer.notEqual;
    if (status !== Status.timeout) return WaitAnswer.woken;
    if (progress.leftUs <= timeoutUsMax) return WaitAnswer.timedOut;
    // A wait longer than one call can be goes on.
    progress.leftUs -= timeoutUsMax;
    return enter(address, expected);
  }

  return {
    begin(address, expected, timeoutNs) {
      progress.leftUs = timeoutNs! < 0n ? forever : Math.ceil(Number(timeoutNs) / 1000);
      return enter(Number(address), expected!);
    },
    finish: (address, expected) => over(Number(address), expected!),
  };
}

/** Wakes as many as were asked for, and answers how many that were. */
function notify(core: Core): ImportFunction {
  const { registers } = core;
  const woken = (): number => registers[Register.w0]!;
  return {
    begin(address, count) {
      registers[Register.call] = Syscall.futexWake;
      registers[Register.a0] = InitialSlot.futexQueue;
      registers[Register.a1] = Number(address);
      // The count is unsigned; nobody has as many threads as a signed one can say.
      registers[Register.a2] = Number(count) < 0 ? 0x7fff_ffff : Number(count);
      registers[Register.w0] = 0;
      return core.enter() === leaveStack ? leaveStack : woken();
    },
    finish: woken,
  };
}
