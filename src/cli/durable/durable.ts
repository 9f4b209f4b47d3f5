// `--durable`: this process becomes the supervisor of another, the cell, in which the program runs. The
// cell is started with the same command line and a word that says which start it is.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { dataDirectoryOf, isCoreThread, ownerOf } from "../../boot/index.ts";
import {
  claimEpoch,
  holdDirectory,
  countTurns,
  Progress,
  reportEnd,
  reportMs,
  reportProgress,
  standbyEpoch,
  supervise,
  type SuperviseOptions,
  whileHeld,
} from "../../supervisor/index.ts";
import type { RestartMode } from "../../supervisor/index.ts";
import type { CellCore, CellSettings } from "./cell-settings.ts";
import { say } from "../message.ts";
import { type NameOptions, takeData, takeName } from "../name.ts";

export const durableLevels = ["memory", "host", "disk"] as const;
const defaultLevel: DurableLevel = "host";
export type DurableLevel = (typeof durableLevels)[number];

/** What stands by for a durable server, each with all before it: nothing; a core; a cell, too. */
export const standbyKinds = ["none", "worker", "cell"] as const;
export type StandbyKind = (typeof standbyKinds)[number];

export interface DurableCommandOptions {
  readonly durable?: DurableLevel | undefined;
  readonly restart: RestartMode;
  readonly restartLimit: number;
  readonly hangSeconds: number;
  readonly standby: StandbyKind;
  /** In the cell: which start it is. */
  readonly cell?: number | undefined;
}

/** What of a command line a cell is made with. */
export interface CellOptions extends DurableCommandOptions, NameOptions {
  readonly raw?: boolean | undefined;
  readonly memoryMax?: number | undefined;
}

/** A module of TypeScript or JavaScript is a service. */
export function isServiceFile(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
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
 * program. And with a flag before `--` where a command of the host follows.
 */
export function withLevel(argv: readonly string[], { commands }: KnownCommand): string[] {
  const words = [...argv];
  const options = commands.find((command) => command.name() === words[2])?.options ?? [];
  for (let at = 3; at < words.length; at++) {
    const word = words[at]!;
    if (word === "--" && isHostCommand(words, at)) words.splice(at++, 0, commandFlag);
    if (!word.startsWith("-") || word === "--") break;
    if (word === "--durable") words[at] = `--durable=${defaultLevel}`;
    else if (options.find(({ long }) => long === word)?.required === true) at++;
  }
  return words;
}

const commandFlag = "--host-command";

/** `shoal run OPTIONS -- COMMAND`: what follows is run by the host, unless it is a program of ours. */
function isHostCommand(words: readonly string[], at: number): boolean {
  return words[2] === "run" && !/\.(wasm|[cm]?[jt]s)$/.test(words[at + 1] ?? ".wasm");
}

/** Whether the program is to run in a process of its own, which this one starts. */
export function isToSupervise({ durable, cell }: DurableCommandOptions): boolean {
  return durable !== undefined && cell === undefined;
}

/** Runs the program in a cell for as long as it takes. Answers the exit code of this process. */
export function superviseRun(file: string, options: CellOptions): Promise<number> {
  const settings = settingsOf(file, options);
  return superviseNamed(settings.name, options, (epoch) => cellCommand({ ...settings, epoch }));
}

/** Has the cells of a name run by these commands, one after the other. Answers the exit code of this process. */
export function superviseNamed(
  name: string,
  { data, restart, restartLimit, hangSeconds, standby }: DurableCommandOptions & NameOptions,
  commandOf: SuperviseOptions["commandOf"],
): Promise<number> {
  takeName(name);
  const directory = takeData(name, data);
  return supervise({
    serverName: name,
    commandOf,
    nextEpoch: () => claimEpoch(directory),
    whileHeld: () => whileHeld(directory, () => ownerOf(holdDirectory(directory)) !== undefined),
    mode: restart,
    restartLimit,
    hangSeconds,
    standsBy: standby === "cell",
    say,
  });
}

/** The bundle of a cell, or, in a tree that was not built, its source. */
const cellFile = import.meta.url.endsWith(".ts") ? "cell-main.ts" : "cell.cjs";

/** Of a cell whose cores run this command line, with the flag right after `run`. */
function cellCommand(settings: CellSettings): [string, ...string[]] {
  const { file, argv } = ownCore();
  const at = argv.indexOf("run") + 1;
  const words = [...argv.slice(0, at), cellFlag, `${settings.epoch}`, ...argv.slice(at)];
  const main = join(import.meta.dirname, cellFile);
  // The command itself can be a cell as well: it only loads more.
  const entry = existsSync(main) ? [main, JSON.stringify(settings), file] : [file];
  return [process.execPath, ...process.execArgv, ...entry, ...words];
}

/** What cores run that run what this process does. */
export function ownCore(): CellCore {
  return { file: process.argv[1]!, argv: process.argv.slice(2) };
}

/** What the first thread of a cell has to know of a command line. */
export function settingsOf(file: string, options: CellOptions): CellSettings {
  const name = options.name ?? nameOfFile(file);
  const { restart, restartLimit, hangSeconds, standby } = options;
  return {
    name,
    directory: options.data ?? dataDirectoryOf(name),
    epoch: options.cell ?? standbyEpoch,
    level: options.durable ?? defaultLevel,
    restart,
    restartLimit,
    hangSeconds,
    standby,
    isRaw: options.raw === true,
    ...(isServiceFile(file) ? { heapBytesMax: options.memoryMax } : {}),
  };
}

/** Whether this thread is the first of a cell, and not that of a core. */
export function isToKeep({ cell, durable }: DurableCommandOptions): boolean {
  return cell !== undefined && durable !== undefined && !isCoreThread();
}

/** What a core of a cell has to do with its supervisor. `progress`: what the cell reports. */
export function joinSupervisor(progress: Int32Array<SharedArrayBuffer>) {
  const answeredBefore = Atomics.load(progress, Progress.answered);
  countTurns(progress);
  return {
    /** Counts changes of hands. */
    beat: progress,
    ended: reportEnd(progress),
    onIdle: (): void => void progress[Progress.idles]!++,
    onProgress(open: number, answered: number): void {
      Atomics.store(progress, Progress.open, open);
      Atomics.store(progress, Progress.answered, answeredBefore + answered);
      // With its first answer a life has got somewhere, however soon it ends.
      if (answered === 1) reportProgress(progress);
    },
    /** `heard` counts the records that were added to logs which outlive the cell. */
    watchLogs(heard: () => number): void {
      const heardBefore = Atomics.load(progress, Progress.heard);
      const look = (): void => {
        const before = Atomics.exchange(progress, Progress.heard, heardBefore + heard());
        if (before === 0 && Atomics.load(progress, Progress.heard) > 0) reportProgress(progress);
      };
      setInterval(look, reportMs / 8).unref();
    },
  };
}
