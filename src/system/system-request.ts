// What is said through the control socket of the system: a line of JSON asks, a line of JSON answers, as on
// the control socket of a session. Few things are asked, and people can read them.
import type { EndNote, ProgramEntry } from "./program-entry.ts";

/** Programs by their names, or all of a group. */
export interface Chosen {
  readonly names: readonly string[];
  readonly group?: string | undefined;
}

export type SystemRequest =
  | { readonly ask: "status" }
  | { readonly ask: "list" }
  /** `entry` is one with its version. Answers once it can be called, or has ended. */
  | { readonly ask: "run"; readonly entry: object }
  | ({ readonly ask: "start" | "stop" | "restart" } & Chosen)
  | ({ readonly ask: "remove"; readonly isForced: boolean } & Chosen)
  | ({ readonly ask: "kill"; readonly signal: NodeJS.Signals } & Chosen)
  /** Answers by HTTP on this port of the loopback (0: any free one), or no more (null). */
  | { readonly ask: "http"; readonly port: number | null }
  /** Ends the programs, which the next system starts again, and the system. Answers before it ends. */
  | { readonly ask: "down" };

export interface SystemStatus {
  readonly pid: number;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly directory: string;
  /** Programs that are kept, and those of them that have a process. */
  readonly programs: number;
  readonly running: number;
  /** Where it answers to HTTP, if it does. */
  readonly http: string | null;
}

/**
 * `waiting`: it died and is started again later. `held`: it waits for an upgrade or its group. `ended`: by
 * itself. `failed`: it could not be started, or died too often.
 */
export type ProgramState =
  | "starting"
  | "running"
  | "waiting"
  | "held"
  | "stopped"
  | "ended"
  | "failed";

export interface ProgramStatus {
  readonly name: string;
  readonly state: ProgramState;
  readonly pid: number | null;
  readonly level: ProgramEntry["level"];
  /** Which start of it this is, over all systems; of a durable one, as its log has it. */
  readonly epoch: number;
  /** Starts after the first, in this system. */
  readonly restarts: number;
  readonly startedAt: string | null;
  readonly cpuSeconds: number | null;
  readonly memoryBytes: number | null;
  /** Of other processes: answered in this system, and open now. */
  readonly answered: number;
  readonly open: number;
  readonly group: string | null;
  readonly words: readonly string[];
  readonly end: EndNote | null;
}

/** What a request is answered with, by what was asked. */
export interface SystemAnswers {
  readonly status: SystemStatus;
  readonly list: readonly ProgramStatus[];
  readonly run: ProgramStatus;
  readonly start: readonly ProgramStatus[];
  readonly stop: readonly ProgramStatus[];
  readonly restart: readonly ProgramStatus[];
  readonly remove: readonly string[];
  readonly kill: readonly string[];
  readonly http: SystemStatus;
  readonly down: SystemStatus;
}

export type SystemAnswer<Ask extends keyof SystemAnswers> =
  | { readonly ok: true; readonly value: SystemAnswers[Ask] }
  | { readonly ok: false; readonly message: string; readonly code: number | null };

/** No request is longer, nor waits for more. */
export const requestBytesMax = 1024 * 1024;

/** Something that was asked cannot be done; the message says why and what to do. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** The exit code of the program that it is about. */
  readonly code: number | undefined;

  constructor(message: string, options: { cause?: unknown; code?: number | undefined } = {}) {
    super(message, options);
    this.code = options.code;
  }
}
