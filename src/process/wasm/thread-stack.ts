// The stack of a thread of a program, in either execution model, as those see it who start threads, stop
// them and take them elsewhere.
import { FaultReason, type StackState } from "../../abi/index.ts";
import type { Runner } from "../core.ts";
import { NoRoomError } from "./capture-error.ts";
import { isFuelTrap } from "./fuel-trap.ts";
import type { Frames } from "./resume/index.ts";

/** What a thread runs; answers its exit code or nothing. */
export type Entry = (...args: readonly number[]) => number | void;

/** How far a thread has come whose stack is out. */
export interface StackPosition {
  /** How many of its entries have returned. */
  readonly returned: number;
  /** The stack of the entry that comes next; null if that has not been called. */
  readonly frames: Frames | null;
}

export const firstPosition: StackPosition = { returned: 0, frames: null };

/** What drives a thread, whatever its code is. */
export interface ThreadStack extends Runner {
  /** Called when the thread is gone. */
  onGone: (() => void) | undefined;
}

/** The stack of a thread of a program. */
export interface ProgramStack extends ThreadStack {
  takeOut(told: (state: StackState) => void): void;
  /** @throws CaptureError with the reason, unless the stack is out */
  position(): StackPosition;
}

/** What stacks of either model are made of. */
export interface StackOptions {
  /** They run one after the other: a start function that preparation set apart, then the main one. */
  readonly entries: readonly Entry[];
  readonly args: readonly number[];
  /** Where to go on; at the beginning unless given. */
  readonly position?: StackPosition | undefined;
  /** What the end of the last entry means; the end of the thread unless given. */
  readonly ends?: ((code: number) => void) | undefined;
  /** Told what broke the code, before anybody else is. */
  readonly broke?: ((error: unknown) => void) | undefined;
}

/** What broke code that was no longer the running thread's. */
export interface Loss {
  readonly error: unknown;
}

/** Why user code ended, from what it threw. */
export function reasonOf(error: unknown): number {
  if (isFuelTrap(error)) return FaultReason.fuel;
  if (error instanceof NoRoomError) return FaultReason.stackOverflow;
  if (error instanceof RangeError && /call stack/.test(error.message))
    return FaultReason.stackOverflow;
  return error instanceof WebAssembly.RuntimeError ? FaultReason.trap : FaultReason.hostError;
}
