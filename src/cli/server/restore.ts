// `shoal restore`: a durable server whose supervisor was ended goes on, as it was run; or it begins once more
// under another name, as it was before a record. The command line of its first start is in its data directory.
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  dataDirectoryOf,
  type Grant,
  ownerOf,
  PlaceError,
  placeOf,
  type ProgramRecord,
  readProgram,
} from "../../boot/index.ts";
import { type DurableWords, durableWords } from "../durable/durable-words.ts";
import { ExitCode } from "../exit-code.ts";
import { isModule, orFail } from "../durable/kept-program.ts";
import { fail } from "../message.ts";
import { copyServerAs } from "./copied-server.ts";
import { serviceWords } from "./service-words.ts";

export interface RestoreOptions extends DurableWords {
  readonly data?: string | undefined;
  readonly as?: string | undefined;
  readonly until?: number | undefined;
  readonly listen: readonly string[];
  readonly connect: readonly string[];
  readonly keepHistory?: boolean | undefined;
}

/** Answers the words of the `shoal run` that brings the server back. Ends the command if there is none. */
export function restore(name: string, options: RestoreOptions): string[] {
  const { as, until } = options;
  const source = options.data ?? dataDirectoryOf(name);
  const { record, isProgram } = recordOf(name, source);
  if (as === undefined && until !== undefined) {
    fail(
      `--until makes a server that has heard less than ${name}, which keeps what it has: say --as NAME, too`,
      ExitCode.usage,
    );
  }
  const directory = as === undefined ? source : dataDirectoryOf(checkedName(as));
  if (as === undefined) {
    refuseIfRunning(name, source);
  } else {
    refuseTaken(as, directory);
    copyServerAs(as, directory, { name, source, until });
  }
  if (isProgram) return wordsOf(as ?? name, directory, record, options);
  refuseForService(options);
  return serviceWords(as ?? name, directory, options);
}

function refuseForService({ listen, keepHistory }: RestoreOptions): void {
  if (listen.length === 0 && keepHistory !== true) return;
  fail("--listen and --keep-history are for WebAssembly programs", ExitCode.usage);
}

function checkedName(name: string): string {
  try {
    return placeOf(name).serverName;
  } catch (error) {
    if (!(error instanceof PlaceError)) throw error;
    return fail(`--as ${name}: ${error.message}`, ExitCode.usage);
  }
}

function recordOf(name: string, directory: string): { record: ProgramRecord; isProgram: boolean } {
  const kept = orFail(() => readProgram(directory));
  if (kept === undefined) {
    return fail(
      `there is no durable server named ${name} (${directory}): it was not run with --durable=host or disk, ` +
        "or --data has to say where else to look",
      ExitCode.notFound,
    );
  }
  const { code, record } = kept;
  const isProgram = isModule(code);
  const { programCount = 1 } = record;
  if (programCount === 1) return { record, isProgram };
  return fail(
    `${name} is ${programCount} joined programs: start it again with the command line that it was first started with`,
    ExitCode.cannotRun,
  );
}

function refuseIfRunning(name: string, directory: string): void {
  const owner = ownerOf(directory);
  if (owner === undefined) return;
  fail(
    `${name} runs already, as process ${owner.pid}: --as NAME makes another server of what it has heard`,
    ExitCode.usage,
  );
}

function refuseTaken(as: string, directory: string): void {
  if (!existsSync(directory)) return;
  fail(`there is a server named ${as} already (${directory}): give another name`, ExitCode.usage);
}

function wordsOf(
  name: string,
  directory: string,
  record: ProgramRecord,
  options: RestoreOptions,
): string[] {
  const { listen, connect, keepHistory } = options;
  const { args, env, model, fuel, fuelSlice, memoryMaxBytes, grants } = record;
  const [argv0 = name, ...rest] = args;
  const maybe = (flag: string, value: number | null | undefined): string[] =>
    value === null || value === undefined ? [] : [flag, `${value}`];
  return [
    ...durableWords(name, directory, options),
    "--argv0",
    argv0,
    "--model",
    model,
    "--level",
    fuel ? "preempt" : "checkpoint",
    ...maybe("--fuel-slice", fuelSlice),
    ...maybe("--memory-max", memoryMaxBytes),
    ...(keepHistory === true ? ["--keep-history"] : []),
    ...grants.flatMap(optionOf),
    ...env.flatMap((setting) => ["--env", setting]),
    ...listen.flatMap((address) => ["--listen", address]),
    ...connect.flatMap((server) => ["--connect", server]),
    join(directory, "program.wasm"),
    ...rest,
  ];
}

function optionOf({ guest, host, isReadOnly, changes }: Grant): string[] {
  // What is in memory is no durable program's.
  if (host === undefined) return [];
  const tree = `${host}::${guest}`;
  if (changes === undefined) return [isReadOnly ? "--dir-read-only" : "--dir", tree];
  return ["--dir-overlay", changes === "memory" ? tree : `${tree}::${changes.host}`];
}
