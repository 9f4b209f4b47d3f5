// What a core offers its process adapters: entering the kernel for the running thread, running the
// portals it decides on, leaving a stack, and being told who goes on. Boot implements it.
import type { StackState } from "../abi/index.ts";

/** Drives the user code of one thread. */
export interface Runner {
  /** The thread runs, and the call it made, if any, is over: its code is to go on, soon. */
  resume(): void;
  /** The thread is gone: its stack is never continued. */
  drop(): void;
  /**
   * The thread was stopped: its stack is to leave the engine, soon. `told` hears what came of it, now or
   * later, unless the thread is gone by then. Absent where a thread that does not run has no stack.
   */
  takeOut?(told: (state: StackState) => void): void;
}

/** Runs a portal's function: its message is in the register file and so is its answer. */
export type PortalEntry = () => void;

export interface Core {
  /** The register file. */
  readonly registers: Int32Array;
  /** The running thread, 0 if none. */
  current(): number;
  /**
   * The running thread makes the call in its registers; portals are run. Answers 0 if the call is
   * over, or `leaveStack`: then the code gets off its stack and calls `left`.
   */
  readonly enter: () => number;
  /** The running thread used up its fuel. As `enter`. */
  preempt(): number;
  /** Whether a portal is on the running stack. */
  isInPortal(): boolean;
  /**
   * The portal on the running stack has used up its caller's patience. If it may go on as a thread of its
   * own, its code is to throw now, and `take` answers what drives it from what it threw. False: it may
   * not, because another portal called it.
   */
  detachPortal(take: (thrown: unknown) => Runner): boolean;
  /** The code of such a portal has come to its end, with this label for its caller. */
  portalEnded(label: number): void;
  /** The code that was told to leave its stack has left it: whoever runs now goes on. */
  readonly left: () => void;
  /** The runner of the thread whose code was told to leave. */
  leaving(): Runner;
  /** The code of the running thread returned, or trapped; then `left` is called. */
  exited(code: number): void;
  faulted(reason: number, error: unknown): void;
  setRunner(thread: number, runner: Runner): void;
  setPortal(endpoint: number, entry: PortalEntry): void;
  /** How to find the portals that a space makes for itself: by the number it gave them. */
  setPortalServer(space: number, portalOf: (handler: number) => PortalEntry): void;
}

/** What a portal's fault is called, for people. */
export interface FaultReport {
  readonly thread: number;
  readonly space: number;
  readonly reason: number;
  readonly error: unknown;
}
