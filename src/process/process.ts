// The process port: what a kernel asks of user mode, and what user mode may ask of a kernel. Types
// only; pure. Adapters (wasm, script, the simulator's) implement `Memories` and drive a `Door`.
//
// A memory handle is the row of a space, or `regionHandle(row)` for a region.
import type { Next } from "../abi/index.ts";

export interface Memories {
  /**
   * Whether the unsigned range [address, address + bytes) lies in the memory behind a handle now, or in
   * the communication area of a space.
   */
  contains(handle: number, address: number, bytes: number): boolean;
  /** Reads an aligned word that the kernel has checked to be inside. */
  load(handle: number, address: number): number;
  store(handle: number, address: number, value: number): void;
  /** Copies bytes once, from one memory to another or within one. Ranges are checked already. */
  copy(from: number, fromAddress: number, to: number, toAddress: number, bytes: number): void;
  /** Makes the zeroed buffer of a region. False if there is no memory for it. */
  createRegion(handle: number, bytes: number): boolean;
  /** Forgets the memory behind a handle. */
  release(handle: number): void;
}

const regionBit = 0x100_0000;

export function regionHandle(row: number): number {
  return regionBit | row;
}

export function isRegionHandle(handle: number): boolean {
  return (handle & regionBit) !== 0;
}

/** What the kernel tells the adapters to let go of, in the order in which it happened. */
export type Notice =
  | { readonly notice: "threadGone"; readonly thread: number }
  | { readonly notice: "spaceGone"; readonly space: number }
  | {
      readonly notice: "fault";
      readonly thread: number;
      readonly space: number;
      readonly reason: number;
    };

/** Why user code of a thread ended without saying so. */
export const FaultReason = {
  trap: 1,
  stackOverflow: 2,
  fuel: 3,
  hostError: 4,
  killed: 5,
} as const;

/**
 * The kernel of a core as an adapter sees it. Every method is one event, runs to completion, and
 * answers what comes next. `registers` is the register file of the running thread.
 */
export interface Door {
  readonly registers: Int32Array;
  /** Row of the running thread, 0 if the core is idle. */
  current(): number;
  /** Generation of a thread's row: tells a thread from a later one in the same row. */
  generationOf(thread: number): number;
  spaceOf(thread: number): number;
  /** The running thread makes the call in its registers. */
  enter(): Next;
  /** The portal that was entered has returned; its answer is in the registers. */
  portalReturned(): Next;
  /** The portal that was entered ended by a trap or by using up its fuel. */
  portalFaulted(reason: number): Next;
  /** The portal's frames were taken out: the activation goes on later as a thread. */
  portalDetached(): Next;
  /** What portal to enter after `Next.portal`: space, and the number its space knows it by. */
  portalSpace(): number;
  portalHandler(): number;
  /** The running thread's code returned. */
  exited(code: number): Next;
  /** The running thread's code trapped. */
  faulted(reason: number): Next;
  /** The running thread used up its fuel: its slice may be over. */
  preempted(): Next;
  /** Nothing runs, or the running thread may be left: decide who runs now. */
  schedule(): Next;
}
