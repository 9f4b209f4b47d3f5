// `shoal run --detach`: hands a program to the background system, which runs the same command line in cells
// of its own, for as long as that takes.
import { resolve } from "node:path";
import { placeOf } from "../../boot/index.ts";
import { type GroupMode, type ProgramEntry, toJson } from "../../system/index.ts";
import { type DurableCommandOptions, nameOfFile } from "../durable/durable.ts";
import type { NameOptions } from "../name.ts";
import {
  ask,
  type JsonOption,
  orFail,
  printJson,
  printLine,
  upOrFail,
} from "../system/system-access.ts";

export interface DetachOptions extends NameOptions, DurableCommandOptions, JsonOption {
  readonly detach?: boolean | undefined;
  readonly group?: string | undefined;
  readonly restartGroup: GroupMode;
  readonly env: readonly string[];
}

/** What a cell needs of the environment whoever runs it: where things are. */
const passedVariables = [
  "HOME",
  "LANG",
  "PATH",
  "TMPDIR",
  "USER",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "XDG_RUNTIME_DIR",
];

/** Whether the program is to run in the background. */
export function isToDetach({ detach, cell }: DetachOptions): boolean {
  return detach === true && cell === undefined;
}

export async function runDetached(file: string, options: DetachOptions): Promise<void> {
  const entry = entryFor(file, options);
  await orFail(() => placeOf(entry.name));
  await upOrFail();
  const status = await ask({ ask: "run", entry: toJson(entry) });
  if (options.json === true) printJson(status);
  else if (status.pid === null) printLine(`${status.name} has run: shoal logs ${status.name}`);
  else printLine(`${status.name} runs as process ${status.pid}`);
}

function entryFor(file: string, options: DetachOptions): ProgramEntry {
  const { durable, data, group } = options;
  return {
    name: options.name ?? nameOfFile(file),
    words: wordsOfRun(),
    directory: process.cwd(),
    env: environment(options.env),
    level: durable ?? "none",
    data: data === undefined ? null : resolve(data),
    restart: options.restart,
    restartLimit: options.restartLimit,
    hangSeconds: options.hangSeconds,
    standsBy: durable !== undefined && options.standby === "cell",
    group: group ?? null,
    groupMode: options.restartGroup,
    isWanted: true,
    end: null,
  };
}

/** The command line after `run`, as it was said: the cell reads it again. */
function wordsOfRun(): string[] {
  return process.argv.slice(process.argv.indexOf("run", 2) + 1);
}

/** Variables by name only (`--env NAME`) are those of this moment, too. */
function environment(settings: readonly string[]): Record<string, string> {
  const named = settings.filter((text) => !text.includes("="));
  const entries = [...passedVariables, ...named].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}
