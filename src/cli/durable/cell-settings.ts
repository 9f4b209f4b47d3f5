// What the first thread of a cell has to know, as plain data: it loads as little as can be, and so nothing
// that reads command lines.
import type { DurableLevel, StandbyKind } from "./durable.ts";
import type { RestartMode } from "../../supervisor/index.ts";

export interface CellSettings {
  readonly name: string;
  /** Of its data. */
  readonly directory: string;
  /** Which start of the server this is; `standbyEpoch` for one that is told later. */
  readonly epoch: number;
  readonly level: DurableLevel;
  readonly restart: RestartMode;
  readonly restartLimit: number;
  readonly hangSeconds: number;
  readonly standby: StandbyKind;
  readonly isRaw: boolean;
  /** Most memory that the engine may use for a core, bytes: of a service, whose memory that is. */
  readonly heapBytesMax?: number | undefined;
}

/** What its cores run: a file, and the words of a command line that says `--cell`. */
export interface CellCore {
  readonly file: string;
  readonly argv: readonly string[];
}
