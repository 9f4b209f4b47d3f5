// The machine port: everything a core may ask of the world it stands on. Time, entropy, timers,
// doorbells, shared memory, storage and other cores come through here and through nowhere else, so
// that simulating, recording and replaying a run are adapters and not features.
//
// One Machine belongs to one core and is called only from that core's event loop. No call waits, and
// no call runs a handler or a task before it returns: those are only ever called by the event loop.
// The adapters are node/ and sim/, and test/conformance/machine.ts says what both must do.
import type { Store } from "./store.ts";

/** Why the core was woken: a set of bits, since several things can be due at once. */
export const Wake = {
  /** The deadline given to `setTimer` has passed. */
  timer: 1,
  /** Another core rang. It may have rung several times, and what it meant may be done already. */
  doorbell: 2,
  /** Posted tasks have run, or the event loop has had the turn that `yieldToEvents` asked for. */
  posted: 4,
} as const;

/** What may be handed to a new core: data that means the same on both sides. */
export type PlainData =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Int32Array<SharedArrayBuffer>
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

/**
 * The function a new core begins with, named twice: as a value, for a machine whose cores share a
 * thread, and as an export of a module, for a machine that must load it in another one.
 */
export interface CoreEntry {
  /** URL of the module. */
  readonly url: string;
  /** The name under which that module exports `run`. */
  readonly name: string;
  readonly run: (machine: Machine, data: PlainData) => void;
}

export interface CoreOptions {
  /** Which core to start: 1 to `coreCount - 1`. Core 0 is the one the machine was made on. */
  readonly core: number;
  readonly entry: CoreEntry;
  /** Copied to the new core, except for shared lines, which are shared. */
  readonly data: PlainData;
}

/** How a core ended: because it was told to, or because an exception left one of its handlers. */
export type CoreExit =
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: Error };

export interface CoreHandle {
  readonly core: number;
  /**
   * Ends the core wherever it is; nothing of it runs after `onExit` has been told. Its shared lines
   * and stored blobs stay as they are. The same number may be started again after the exit.
   */
  stop(): void;
  /**
   * Called once from the event loop of the core that started this one. Without a handler a failure
   * is thrown there instead, so that no core dies unnoticed.
   */
  onExit(handler: (exit: CoreExit) => void): void;
}

export interface Machine {
  /** The number of this core, 0 to `coreCount - 1`. */
  readonly core: number;
  /** How many cores there can be at once, this one included. */
  readonly coreCount: number;

  /**
   * Integer nanoseconds since the machine was made: one clock for all its cores, never going back,
   * exact below 2^53 (104 days).
   */
  nowNs(): number;

  /** Nanoseconds since 1970-01-01T00:00Z. May jump when somebody sets the clock. */
  realtimeNs(): bigint;

  /** Fills `target` with unpredictable bytes; in the simulator with bytes that the seed decides. */
  entropy(target: Uint8Array): void;

  /**
   * Arms the core's only timer for a time in terms of `nowNs`, in place of the deadline set before.
   * It fires once and never early; a deadline already past fires on the next turn. Infinity disarms.
   * An armed timer, a posted task and a yield keep the host process alive; nothing else here does.
   */
  setTimer(deadlineNs: number): void;

  /**
   * Sets the one handler that is called, from the event loop, when something became due. A wake may
   * find nothing to do. What became due while there was no handler is delivered to the first one.
   */
  onWake(handler: (reasons: number) => void): void;

  /**
   * Runs the task from the event loop after the events already due, in the order of posting; then the
   * core is woken with `Wake.posted`. Completions of devices enter a core this way.
   */
  post(task: () => void): void;

  /** Asks for a `Wake.posted` after the event loop has had a turn for timers, rings and devices. */
  yieldToEvents(): void;

  /** Wakes a core, now or, if it is not running yet, when it starts. Rings may be merged. */
  ringDoorbell(core: number): void;

  /**
   * Memory shared by all cores, zero at first and aligned to 64 bytes. The same name is the same
   * memory on every core; asking for it with another size is a mistake of the caller.
   */
  sharedLines(name: string, words: number): Int32Array<SharedArrayBuffer>;

  /** The durable blobs of this machine, seen alike by all cores; a blob has one writer at a time. */
  readonly store: Store;

  /** Starts another core. Only core 0 may, and only a core that is not running. */
  startCore(options: CoreOptions): CoreHandle;

  /**
   * Disarms, drops what was posted, and stops calling handlers; on core 0 also stops the other cores.
   * Afterwards the machine only answers questions, and the host process is free to exit.
   */
  close(): void;
}
