// `--durable`: this process becomes the supervisor of another, the cell, in which the program runs. The
// cell is started with the same command line and a word that says which start it is.
import { basename } from "node:path";
import { claimEpoch, Progress, startCellReports, supervise } from "../supervisor/index.ts";
import type { RestartMode } from "../supervisor/index.ts";
import { say } from "./message.ts";
import { type NameOptions, takeData, takeName } from "./name.ts";

export const durableLevels = ["memory", "host", "disk"] as const;
export type DurableLevel = (typeof durableLevels)[number];

export interface DurableCommandOptions {
  readonly durable?: DurableLevel | undefined;
  readonly restart: RestartMode;
  readonly restartLimit: number;
  readonly hangSeconds: number;
  /** In the cell: which start it is, and how many starts before it answered nothing. */
  readonly cell?: CellNumber | undefined;
}

export interface CellNumber {
  readonly epoch: number;
  readonly fruitless: number;
}

const cellFlag = "--cell";

/** The value of the flag by which a supervisor tells a cell that it is one. */
export function parseCell(text: string): CellNumber {
  const [epoch, fruitless] = text.split(":").map(Number);
  return { epoch: epoch!, fruitless: fruitless! };
}

/** The name under which a program is served that was given none: that of its file. */
export function nameOfFile(file: string): string {
  return basename(file).replace(/\.[^.]*$/, "");
}

/** Whether the program is to run in a process of its own, which this one starts. */
export function isToSupervise({ durable, cell }: DurableCommandOptions): boolean {
  return durable !== undefined && cell === undefined;
}

/** Runs the program in a cell for as long as it takes. Answers the exit code of this process. */
export function superviseRun(
  file: string,
  options: DurableCommandOptions & NameOptions,
): Promise<number> {
  const name = options.name ?? nameOfFile(file);
  takeName(name);
  const directory = takeData(name, options.data);
  return supervise({
    serverName: name,
    commandOf: cellCommand,
    nextEpoch: () => claimEpoch(directory),
    mode: options.restart,
    restartLimit: options.restartLimit,
    hangSeconds: options.hangSeconds,
    say,
  });
}

/** This command line, with the flag right after `run`. */
function cellCommand(epoch: number, fruitless: number): [string, ...string[]] {
  const at = process.argv.indexOf("run", 2) + 1;
  const cell = [cellFlag, `${epoch}:${fruitless}`];
  const words = [...process.argv.slice(1, at), ...cell, ...process.argv.slice(at)];
  return [process.execPath, ...process.execArgv, ...words];
}

/** What a cell has to do with its supervisor. */
export function joinSupervisor() {
  const { progress, opened, ended, report } = startCellReports();
  return {
    /** Counts changes of hands. */
    beat: progress,
    opened,
    ended,
    onIdle: (): void => void progress[Progress.idles]!++,
    onProgress(open: number, answered: number): void {
      Atomics.store(progress, Progress.open, open);
      Atomics.store(progress, Progress.answered, answered);
      // With its first answer a life has got somewhere, however soon it ends.
      if (answered === 1) report();
    },
  };
}
