// `--durable`: this process becomes the supervisor of another, the cell, in which the program runs. The
// cell is started with the same command line and a word that says which start it is.
import { basename } from "node:path";
import { ownerOf } from "../boot/index.ts";
import {
  claimEpoch,
  holdDirectory,
  Progress,
  startCellReports,
  supervise,
  whileHeld,
} from "../supervisor/index.ts";
import type { RestartMode } from "../supervisor/index.ts";
import { say } from "./message.ts";
import { type NameOptions, takeData, takeName } from "./name.ts";

export const durableLevels = ["memory", "host", "disk"] as const;
const defaultLevel: DurableLevel = "host";
export type DurableLevel = (typeof durableLevels)[number];

export interface DurableCommandOptions {
  readonly durable?: DurableLevel | undefined;
  readonly restart: RestartMode;
  readonly restartLimit: number;
  readonly hangSeconds: number;
  /** In the cell: which start it is. */
  readonly cell?: number | undefined;
}

const cellFlag = "--cell";

/** The name under which a program is served that was given none: that of its file. */
export function nameOfFile(file: string): string {
  return basename(file).replace(/\.[^.]*$/, "");
}

/** What of a command line's options has to be known to find where they end. */
interface KnownCommand {
  readonly commands: readonly {
    name(): string;
    readonly options: readonly { readonly long?: string | undefined; readonly required: boolean }[];
  }[];
}

/**
 * The command line with the level written out where `--durable` stands alone: what follows it may be the
 * program.
 */
export function withLevel(argv: readonly string[], { commands }: KnownCommand): string[] {
  const words = [...argv];
  const options = commands.find((command) => command.name() === words[2])?.options ?? [];
  for (let at = 3; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith("-") || word === "--") break;
    if (word === "--durable") words[at] = `--durable=${defaultLevel}`;
    else if (options.find(({ long }) => long === word)?.required === true) at++;
  }
  return words;
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
    whileHeld: () => whileHeld(directory, () => ownerOf(holdDirectory(directory)) !== undefined),
    mode: options.restart,
    restartLimit: options.restartLimit,
    hangSeconds: options.hangSeconds,
    say,
  });
}

/** This command line, with the flag right after `run`. */
function cellCommand(epoch: number): [string, ...string[]] {
  const at = process.argv.indexOf("run", 2) + 1;
  const cell = [cellFlag, `${epoch}`];
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
