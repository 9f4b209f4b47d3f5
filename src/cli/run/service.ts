// `shoal run notes.ts`: a service in TypeScript, under a name by which other OS processes call it. With
// `--durable` it runs in a cell of its own, which is started again when it is lost.
import { messageOf } from "../../base/index.ts";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  bundledService,
  bundleService,
  codeDirectory,
  coreSeat,
  type CoreTurn,
  dataDirectoryOf,
  keepConnections,
  KeptCodes,
  LostImageError,
  openDurableServer,
  placeOf,
  type ProgramManner,
  readProgram,
  runService as runServiceHere,
  serveControl,
  type ServiceCode,
  ServiceLoadError,
} from "../../boot/index.ts";
import { reportOpen, startCellReports } from "../../supervisor/index.ts";
import { openConnections } from "./connect.ts";
import {
  type DurableCommandOptions,
  joinSupervisor,
  nameOfFile,
  superviseRun,
} from "../durable/durable.ts";
import { ExitCode } from "../exit-code.ts";
import { keepFirst, keptProgram } from "../durable/kept-program.ts";
import { fail, say } from "../message.ts";
import { type NameOptions, servedName, takeName } from "../name.ts";
import { reviveFor } from "./revive.ts";

export interface ServiceCommandOptions extends DurableCommandOptions, NameOptions {
  readonly connect: readonly string[];
  readonly connectTimeout: number;
  readonly logMax?: number | undefined;
  readonly keepHistory?: boolean | undefined;
}

export async function runService(file: string, options: ServiceCommandOptions): Promise<void> {
  if (!existsSync(file)) fail(`there is no file "${file}"`, ExitCode.notFound);
  const { durable, cell } = options;
  if (durable === undefined) return runPlain(file, options);
  if (cell !== undefined) return runInCell(file, options);
  // What is wrong with it, or that it is another than it was, is found out here, where it is said once.
  const directory = directoryOf(file, options);
  const code = await codeOf(file, directory);
  if (durable !== "memory") {
    keptProgram(directory, bytesOf(code), mannerOf(file, options, directory));
  }
  process.exit(await superviseRun(file, options));
}

async function runPlain(file: string, options: ServiceCommandOptions): Promise<void> {
  const name = options.name ?? nameOfFile(file);
  const code = await codeOf(file, "");
  // In a cell of the background system, which owns the name, the answer goes to its supervisor.
  const cell = options.cell === undefined ? undefined : joinSupervisor(startCellReports());
  const serve = cell ? servedName(placeOf(name), options.cell!) : servedName(takeName(name), 1);
  const connections = await connectionsOf(options, undefined);
  const tell = (): void => say(`${name} is served; call it with connect("${name}")`);
  const { controlled } = await orFail(() =>
    runServiceHere({
      name,
      code,
      serve: { ...serve, onOpen: cell ? reportOpen : tell, onProgress: cell?.onProgress },
      connections,
      say: (line) => say(`${name}: ${line}`),
      onFailure: (error) => fail(`${name}: ${messageOf(error)}`, ExitCode.fault),
      beat: cell?.beat,
      onIdle: cell?.onIdle,
    }),
  );
  serveControl(serve.place, controlled);
}

/** On a core of a cell: it is brought up when it is this core's turn. */
async function runInCell(file: string, options: ServiceCommandOptions): Promise<void> {
  const seat = coreSeat();
  if (seat === undefined) fail("--cell is for a supervisor to say", ExitCode.usage);
  const name = options.name ?? nameOfFile(file);
  const directory = directoryOf(file, options);
  const code = await keptCode(file, options, directory);
  seat.ready();
  const turn = await seat.turn;
  const cell = joinSupervisor(seat.progress);
  const { durable, served, tookOverAt } = openLogs(name, directory, options, turn);
  seat.tookOver(tookOverAt);
  const answered = (slot: number): number => durable.answered?.get(slot) ?? 0;
  const connections = await connectionsOf(options, {
    directory,
    answered: [answered],
    isTakenOver: served.isTakenOver,
  });
  const { controlled } = await orFail(() =>
    runServiceHere({
      name,
      code,
      ...(options.durable === "memory" ? {} : keptIn(directory, options.connect)),
      durable,
      connections,
      serve: {
        ...servedName(placeOf(name), turn.epoch, directory),
        ...served,
        onOpen: seat.opened,
        onProgress: cell.onProgress,
      },
      say: (line) => say(`${name}: ${line}`),
      onFailure: (error) => fail(`${name}: ${messageOf(error)}`, ExitCode.fault),
      beat: cell.beat,
      onIdle: cell.onIdle,
    }),
  );
  serveControl(placeOf(name), controlled);
}

/** What it goes on with: the codes beside its log, which an upgrade may have changed since this core was started. */
function keptIn(data: string, connections: readonly string[]) {
  keepConnections(data, connections);
  return { data, codes: new KeptCodes(data) };
}

/** The code that the log is of: what its first start bundled, whatever the files say now. */
async function keptCode(
  file: string,
  options: ServiceCommandOptions,
  directory: string,
): Promise<ServiceCode> {
  const isKept = options.durable !== "memory";
  const kept = isKept ? readProgram(directory) : undefined;
  if (kept !== undefined) return bundledService(new TextDecoder().decode(kept.code), resolve(file));
  const code = await codeOf(file, directory);
  if (isKept) keepFirst(directory, bytesOf(code), mannerOf(file, options, directory));
  return code;
}

function bytesOf({ text }: ServiceCode): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What has to be as it was. The file may have another name than at first. */
function mannerOf(
  file: string,
  { connect }: ServiceCommandOptions,
  directory: string,
): ProgramManner {
  return {
    args: readProgram(directory)?.record.args ?? [file],
    env: [],
    grants: [],
    model: "process",
    fuel: false,
    fuelSlice: null,
    memoryMaxBytes: null,
    connections: connect,
  };
}

function directoryOf(file: string, { name, data }: ServiceCommandOptions): string {
  return data ?? dataDirectoryOf(name ?? nameOfFile(file));
}

function openLogs(
  name: string,
  directory: string,
  { durable: level = "host", logMax, keepHistory }: ServiceCommandOptions,
  { epoch, isFirst, kept, writer }: CoreTurn,
) {
  try {
    return openDurableServer({
      level,
      directory,
      epoch,
      // Whom to blame for a core that was lost is seen in the service's own log.
      held: { isContinued: !isFirst, kept, writer, blame: undefined },
      logBytesMax: logMax,
      keepsLog: keepHistory,
      onImageRefused: (error) => say(`${name}: no image can be made of it: ${messageOf(error)}`),
      onImageDamaged: (error) => say(`${name}: an image is passed over: ${error.message}`),
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "LogRefusedError") throw error;
    return fail(`${directory}: ${error.message}`, ExitCode.cannotRun);
  }
}

async function connectionsOf(
  { connect, connectTimeout }: ServiceCommandOptions,
  kept: Parameters<typeof openConnections>[2],
) {
  await reviveFor(connect);
  const opened = openConnections(connect, connectTimeout, kept);
  return Object.fromEntries(connect.map((name, i) => [name, opened[i]]));
}

/** A code that the directory keeps is bundled already. */
function codeOf(file: string, directory: string): Promise<ServiceCode> {
  const path = resolve(file);
  if (directory !== "" && dirname(path) === resolve(codeDirectory(directory))) {
    return Promise.resolve(bundledService(readFileSync(path, "utf8"), path));
  }
  return orFail(() => bundleService(path));
}

/** What is wrong with a service is said without our stack. */
async function orFail<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isOurs =
      error instanceof ServiceLoadError ||
      error instanceof LostImageError ||
      (error instanceof Error && error.name === "ReplayError");
    if (isOurs) fail(error.message, ExitCode.cannotRun);
    throw error;
  }
}
