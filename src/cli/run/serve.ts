// What a run has to do with serving others: nothing, a name, or, in the cell of a durable server, a name
// that outlives the process.
import { messageOf } from "../../base/index.ts";
import { InitialSlot } from "../../abi/index.ts";
import {
  type ConsoleDevice,
  ConsolePort,
  coreSeat,
  type CoreSeat,
  type CoreTurn,
  dataDirectoryOf,
  type DurableOptions,
  openDurableServer,
  placeOf,
  type ServedName,
  warmUp,
  type WarmUpOptions,
} from "../../boot/index.ts";
import type { ProgramManner, ProgramRecord, ProgramSpec } from "../../boot/index.ts";
import { reportOpen, startCellReports } from "../../supervisor/index.ts";
import type { KeptCalls } from "./connect.ts";
import { type DurableCommandOptions, joinSupervisor, nameOfFile } from "../durable/durable.ts";
import { ExitCode } from "../exit-code.ts";
import { keepFirst, type KeptProgram, keptProgram } from "../durable/kept-program.ts";
import { type LevelOptions, preparationOf } from "./level.ts";
import { fail, say } from "../message.ts";
import { type NameOptions, servedName, takeName } from "../name.ts";

export interface ServeOptions extends NameOptions, DurableCommandOptions, LevelOptions {
  readonly memoryMax?: number | undefined;
  readonly logMax?: number | undefined;
  readonly keepHistory?: boolean | undefined;
}

type Given = Pick<ProgramManner, "args" | "env" | "grants">;

/** The programs of a data directory, by their number, for a file and what it is given. */
export interface ProgramKeeper {
  /** What is there, if anything is; ends the command if it is another program. */
  find(program: number, code: Uint8Array, given: Given): KeptProgram | undefined;
  /** Keeps the first one. */
  keep(program: number, code: Uint8Array, given: Given): ProgramRecord;
}

export interface Serving {
  /** Of a durable server whose log outlives its cell. */
  readonly keeper?: ProgramKeeper;
  /** The programs' files, where they are not to be read again. */
  readonly codes?: readonly Uint8Array[] | undefined;
  /** They have been read. */
  readonly onRead?: (codes: readonly Uint8Array[]) => void;
  /** Opens what it serves with. In a cell that has to wait until it is this core's turn. */
  open(program: WarmUpProgram): Promise<OpenedServer>;
}

/** What a core that stands by is got ready with. */
type WarmUpProgram = Omit<WarmUpOptions, "level" | "directory" | "buffers">;

export interface OpenedServer {
  readonly serve: ServedName;
  /** Of a durable server that is itself a client: where its sessions are kept. */
  readonly kept?: KeptCalls;
  /** Of a durable server, or of durable programs that are joined. */
  readonly durables?: readonly ProgramSpec["durable"][];
  readonly cell?: ReturnType<typeof joinSupervisor>;
  /** The standard streams, where they are not this thread's. */
  readonly console?: ConsoleDevice;
}

/** `programCount`: how many programs are joined, of which the file is the first. */
export function serveFor(
  file: string,
  programCount: number,
  options: ServeOptions,
): Serving | undefined {
  if (options.cell !== undefined) {
    return options.durable === undefined
      ? serveInPlainCell(file, options, options.cell)
      : serveInCell(file, programCount, options);
  }
  if (options.data !== undefined) {
    fail("--data is where a durable server keeps its log: add --durable", ExitCode.usage);
  }
  if (options.name === undefined) return undefined;
  const serve = servedName(takeName(options.name), 1);
  return { open: () => Promise.resolve({ serve }) };
}

/** A cell of the background system, which owns its name. What it knows ends with it. */
function serveInPlainCell(file: string, options: ServeOptions, epoch: number): Serving {
  const cell = joinSupervisor(startCellReports());
  const named = servedName(placeOf(options.name ?? nameOfFile(file)), epoch);
  const serve = { ...named, onOpen: reportOpen, onProgress: cell.onProgress };
  return { open: () => Promise.resolve({ serve, cell }) };
}

/** The supervisor has made the directories, and owns them. */
function serveInCell(file: string, programCount: number, options: ServeOptions): Serving {
  const name = options.name ?? nameOfFile(file);
  const directory = options.data ?? dataDirectoryOf(name);
  const seat = coreSeat();
  if (seat === undefined) return fail("--cell is for a supervisor to say", ExitCode.usage);
  const open = async (program: WarmUpProgram): Promise<OpenedServer> => {
    const { durable: level = "host" } = options;
    if (seat.next !== undefined && programCount === 1) {
      await Promise.race([warmUp({ ...program, ...seat.next, level, directory }), seat.turn]);
    }
    seat.ready();
    const turn = await seat.turn;
    return openInCell({ name, directory, programCount, options, seat, turn });
  };
  // A log in memory begins anew with each cell, with whatever program that is given.
  const { codes, hasRead: onRead } = seat;
  if (options.durable === "memory") return { codes, onRead, open };
  const manner = { ...mannerOf(options), programCount };
  const keeper: ProgramKeeper = {
    find: (program, code, given) => keptProgram(directory, code, { ...manner, ...given }, program),
    keep: (program, code, given) => keepFirst(directory, code, { ...manner, ...given }, program),
  };
  return { codes, onRead, keeper, open };
}

interface CellServer {
  readonly name: string;
  readonly directory: string;
  readonly programCount: number;
  readonly options: ServeOptions;
  readonly seat: CoreSeat;
  readonly turn: CoreTurn;
}

function openInCell(server: CellServer): OpenedServer {
  const { name, directory, programCount, seat, turn } = server;
  const cell = joinSupervisor(seat.progress);
  const { programs, served, tookOverAt, isSetAside } = openServer(server);
  seat.tookOver(tookOverAt);
  if (isSetAside) say("two cores were lost at the same request, which is set aside");
  const named = servedName(placeOf(name), turn.epoch, directory);
  const answered = programs.map(
    (program) =>
      (slot: number): number =>
        program.answered?.get(slot) ?? 0,
  );
  const { onProgress } = cell;
  // What is in memory is gone with the cell.
  if (server.options.durable !== "memory") cell.watchLogs(growthOf(programs));
  return {
    serve: { ...named, ...served, onOpen: seat.opened, onProgress },
    kept: { directory, answered, isTakenOver: served.isTakenOver },
    durables: programs,
    cell,
    console: new ConsolePort({
      turn: turn.console,
      // Of several programs it is not known whose request it is.
      request: () => (programCount === 1 ? answered[0]!(InitialSlot.console) + 1 : 0),
    }),
  };
}

/** Counts the records that are added to the logs from now on. */
function growthOf(programs: readonly DurableOptions[]): () => number {
  const records = (): number => programs.reduce((sum, { log }) => sum + log.end, 0);
  const before = records();
  return () => records() - before;
}

function mannerOf(options: ServeOptions): Omit<ProgramManner, "args" | "env" | "grants"> {
  return {
    model: options.model,
    fuel: preparationOf(options).fuel,
    fuelSlice: options.fuelSlice ?? null,
    memoryMaxBytes: options.memoryMax ?? null,
  };
}

function openServer({ options, directory, programCount, turn }: CellServer) {
  const { epoch, isFirst, kept, writer, blame } = turn;
  const { durable = "host" } = options;
  try {
    return openDurableServer({
      level: durable,
      directory,
      epoch,
      programCount,
      held: { isContinued: !isFirst, kept, writer, blame },
      logBytesMax: options.logMax,
      keepsLog: options.keepHistory,
      hangNs: hangNsOf(options),
      onDeath: tellDeath,
      onImageRefused: (error) => say(`the log of the server cannot be cut: ${messageOf(error)}`),
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
