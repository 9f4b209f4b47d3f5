// What a core of the worker grid is told, and how its lives end.
import type * as Boot from "../../src/boot/index.ts";
import { progressWords } from "../../src/supervisor/progress.ts";

export interface GridCoreJob {
  readonly program: string;
  readonly data: string;
  readonly place: Boot.NamePlace;
  readonly level: Boot.DurableLevel;
  readonly model: "process" | "interrupt";
  /** How the lives end: each at the record after those that it was brought up with, the first kind first. */
  readonly deaths: readonly Death[];
  /** Records after which no life is ended any more. */
  readonly recordsMax: number;
  /** Where the program finds its console. */
  readonly consoleSlot: number;
  /** Bytes in the log after which an image is made. */
  readonly logBytesMax?: number | undefined;
}

/**
 * throw: an error that nobody catches, in the next turn of the event loop. hold: it stands still, until it
 * is ended from outside. heap: the engine's memory is used up.
 */
export type Death = "throw" | "hold" | "heap";

/** A word after those of `Progress`: set when the core holds still. */
export const heldWord = progressWords;
