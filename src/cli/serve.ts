// What a run has to do with serving others: nothing, a name, or, in the cell of a durable server, a name
// that outlives the process.
import { dataDirectoryOf, openDurableServer, placeOf, type ServedName } from "../boot/index.ts";
import type { ProgramSpec } from "../boot/index.ts";
import { type DurableCommandOptions, joinSupervisor, nameOfFile } from "./durable.ts";
import { ExitCode } from "./exit-code.ts";
import { fail, say } from "./message.ts";
import { type NameOptions, servedName, takeName } from "./name.ts";

export interface ServeOptions extends NameOptions, DurableCommandOptions {}

export interface Serving {
  readonly serve: ServedName;
  /** Of a durable server. */
  readonly durable?: ProgramSpec["durable"];
  readonly cell?: ReturnType<typeof joinSupervisor>;
}

export function serveFor(file: string, options: ServeOptions): Serving | undefined {
  if (options.cell !== undefined) return serveInCell(file, options);
  if (options.name === undefined) return undefined;
  return { serve: servedName(takeName(options.name), 1) };
}

/** The supervisor has made the directories, and owns them. */
function serveInCell(file: string, options: ServeOptions): Serving {
  const name = options.name ?? nameOfFile(file);
  const directory = options.data ?? dataDirectoryOf(name);
  const { epoch } = options.cell!;
  const cell = joinSupervisor();
  const { durable, served } = openServer(options, directory, epoch);
  const { opened, onProgress } = cell;
  const named = servedName(placeOf(name), epoch, directory);
  return { serve: { ...named, ...served, onOpen: opened, onProgress }, durable, cell };
}

function openServer({ durable = "host" }: ServeOptions, directory: string, epoch: number) {
  try {
    return openDurableServer({ level: durable, directory, epoch, onDeath: tellDeath });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "LogRefusedError") throw error;
    return fail(`${directory}: ${error.message}`, ExitCode.cannotRun);
  }
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
