// What a run has to do with serving others: nothing, a name, or, in the cell of a durable server, a name
// that outlives the process.
import { dataDirectoryOf, openDurableServer, placeOf, type ServedName } from "../boot/index.ts";
import type { ProgramManner, ProgramRecord, ProgramSpec } from "../boot/index.ts";
import type { KeptCalls } from "./connect.ts";
import { type DurableCommandOptions, joinSupervisor, nameOfFile } from "./durable.ts";
import { ExitCode } from "./exit-code.ts";
import { keepFirst, type KeptProgram, keptProgram } from "./kept-program.ts";
import { type LevelOptions, preparationOf } from "./level.ts";
import { fail, say } from "./message.ts";
import { type NameOptions, servedName, takeName } from "./name.ts";

export interface ServeOptions extends NameOptions, DurableCommandOptions, LevelOptions {
  readonly memoryMax?: number | undefined;
  readonly logMax?: number | undefined;
}

type Given = Pick<ProgramManner, "args" | "env" | "grants">;

/** The program of a data directory, for a file and what it is given. */
export interface ProgramKeeper {
  /** What is there, if anything is; ends the command if it is another program. */
  find(code: Uint8Array, given: Given): KeptProgram | undefined;
  /** Keeps the first one. */
  keep(code: Uint8Array, given: Given): ProgramRecord;
}

export interface Serving {
  readonly serve: ServedName;
  /** Of a durable server that is itself a client: where its sessions are kept. */
  readonly kept?: KeptCalls;
  /** Of a durable server whose log outlives its cell. */
  readonly keeper?: ProgramKeeper;
  /** Of a durable server. */
  readonly durable?: ProgramSpec["durable"];
  readonly cell?: ReturnType<typeof joinSupervisor>;
}

export function serveFor(file: string, options: ServeOptions): Serving | undefined {
  if (options.cell !== undefined) return serveInCell(file, options, options.cell);
  if (options.data !== undefined) {
    fail("--data is where a durable server keeps its log: add --durable", ExitCode.usage);
  }
  if (options.name === undefined) return undefined;
  return { serve: servedName(takeName(options.name), 1) };
}

/** The supervisor has made the directories, and owns them. */
function serveInCell(file: string, options: ServeOptions, epoch: number): Serving {
  const name = options.name ?? nameOfFile(file);
  const directory = options.data ?? dataDirectoryOf(name);
  const cell = joinSupervisor();
  const { durable, served } = openServer(options, directory, epoch);
  const { opened, onProgress } = cell;
  const named = servedName(placeOf(name), epoch, directory);
  const kept = { directory, answered: (slot: number) => durable.answered?.get(slot) ?? 0 };
  const serve = { ...named, ...served, onOpen: opened, onProgress };
  // A log in memory begins anew with each cell, with whatever program that is given.
  if (options.durable === "memory") return { serve, kept, durable, cell };
  const manner = mannerOf(options);
  const keeper: ProgramKeeper = {
    find: (code, given) => keptProgram(directory, code, { ...manner, ...given }),
    keep: (code, given) => keepFirst(directory, code, { ...manner, ...given }),
  };
  return { serve, kept, durable, cell, keeper };
}

function mannerOf(options: ServeOptions): Omit<ProgramManner, "args" | "env" | "grants"> {
  return {
    model: options.model,
    fuel: preparationOf(options).fuel,
    fuelSlice: options.fuelSlice ?? null,
    memoryMaxBytes: options.memoryMax ?? null,
  };
}

function openServer(options: ServeOptions, directory: string, epoch: number) {
  const { durable = "host" } = options;
  try {
    return openDurableServer({
      level: durable,
      directory,
      epoch,
      logBytesMax: options.logMax,
      hangNs: hangNsOf(options),
      onDeath: tellDeath,
      onImageRefused: (error) => say(`the log of the server cannot be cut: ${textOf(error)}`),
      onImageDamaged: (error) => say(`an image is passed over: ${error.message}`),
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "LogRefusedError") throw error;
    return fail(`${directory}: ${error.message}`, ExitCode.cannotRun);
  }
}

/**
 * A program that counts fuel is found out where it runs, and only it has to be brought up again. It may die
 * twice of the same request, which is then set aside, before the supervisor ends the whole cell.
 */
function hangNsOf(options: ServeOptions): number | undefined {
  const isWatched = preparationOf(options).fuel && options.hangSeconds > 0;
  return isWatched ? (options.hangSeconds * 1e9) / 4 : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function tellDeath({
  recordCount,
  isSetAside,
}: {
  recordCount: number;
  isSetAside: boolean;
}): void {
  const aside = isSetAside ? "; the request at which it died twice is set aside" : "";
  say(`the program died and is brought up again from ${recordCount} records${aside}`);
}
