// A core in a worker thread of its cell, from within: what the thread was given when it was started, and
// what it gets when it is its turn to own the server. Until then it stands by: loaded, its program read and
// prepared, and nothing taken that could be somebody else's.
import type { MessagePort } from "node:worker_threads";
import type { KeptSegments } from "../../machine/node/index.ts";
import type { Blame } from "../durable/blame.ts";
import type { ConsoleTurn } from "./console-messages.ts";

/** What a core's thread is started with. */
export interface CoreStart {
  readonly isShoalCore: true;
  /** How the cell gets on: `Progress` of the supervisor. */
  readonly progress: Int32Array<SharedArrayBuffer>;
  /** The programs' files as the first core of the cell has read them: others may have been put there since. */
  readonly codes?: readonly Uint8Array[] | undefined;
  /** There is a core that serves, to which this one is the next; it has so much in memory. */
  readonly next?: { readonly buffers: ReadonlyMap<string, SharedArrayBuffer> } | undefined;
}

/** What it is to own the server with. */
export interface CoreTurn {
  /** Higher than that of every core before. */
  readonly epoch: number;
  /** No core of this cell was before it. */
  readonly isFirst: boolean;
  readonly console: ConsoleTurn;
  /** At level memory: the log's segments. */
  readonly kept: KeptSegments | undefined;
  /** At level disk: the way to the thread that waits for the device. */
  readonly writer: MessagePort | undefined;
  /** The core before was lost without a record. */
  readonly blame: Blame | undefined;
}

/** What a core tells the thread that started it: `tookOverAt` is where the log ended. */
export type CoreReport =
  | "ready"
  | "open"
  | { readonly tookOverAt: number }
  | { readonly codes: readonly Uint8Array[] };

export interface CoreSeat extends CoreStart {
  /** It is this core's turn. */
  readonly turn: Promise<CoreTurn>;
  /** It has read these files. */
  hasRead(codes: readonly Uint8Array[]): void;
  /** It stands by. Its turn may have come already. */
  ready(): void;
  /** It has taken the log over, which ended there. */
  tookOver(at: number): void;
  /** Clients can come. */
  opened(): void;
}

/** Whether this thread was started to be a core. */
export function isCoreThread(): boolean {
  return startOfCore() !== undefined;
}

function startOfCore(): CoreStart | undefined {
  const { isMainThread, workerData } = process.getBuiltinModule("node:worker_threads");
  const start = workerData as Partial<CoreStart> | null;
  if (isMainThread || start?.isShoalCore !== true) return undefined;
  // Started by CoreThread, and by nobody else.
  return start as CoreStart;
}

/** The seat of this thread, if it was started to be a core. To be asked for once. */
export function coreSeat(): CoreSeat | undefined {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const start = startOfCore();
  if (parentPort === null || start === undefined) return undefined;
  const tell = (report: CoreReport): void => parentPort.postMessage(report);
  const turn = new Promise<CoreTurn>((resolve) => parentPort.once("message", resolve));
  // Whoever only waits for its turn is kept; a core that owns the server lives by what it does.
  void turn.then(() => parentPort.unref());
  return {
    ...start,
    turn,
    hasRead: (codes) => {
      if (start.codes === undefined) tell({ codes });
    },
    ready: () => tell("ready"),
    tookOver: (tookOverAt) => tell({ tookOverAt }),
    opened: () => tell("open"),
  };
}
