// `shoal log`: looks at the message log of a durable server, which may be running: shows its records, checks
// it, or brings the program up from it and stops where it ends.
import { messageOf } from "../../base/index.ts";
import {
  dataDirectoryOf,
  describeRecord,
  describeServiceRecord,
  isServiceRecord,
  InvalidModuleError,
  LinkError,
  LogRefusedError,
  LostImageError,
  prepareModule,
  type ProgramRecord,
  type ReadOnlyLog,
  readProgram,
  readServerImages,
  readServerLog,
  type Rehearsal,
  rehearse,
  type RehearsedProgram,
} from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { type KeptProgram, orFail } from "../durable/kept-program.ts";
import { errorCode, fail, traceLine } from "../message.ts";
import { isService, replayService } from "./logged-service.ts";

export interface LogOptions {
  readonly data?: string | undefined;
  readonly until?: number | undefined;
  /** Of several programs that are joined, which one, counted from 1. */
  readonly program?: number | undefined;
  readonly trace?: "calls" | undefined;
}

export function logShow(name: string, options: LogOptions): void {
  // Whoever reads may have seen enough.
  process.stdout.on("error", (error) => process.exit(errorCode(error) === "EPIPE" ? 0 : 1));
  const { log } = logOf(name, options);
  for (let number = log.first; number < log.end; number++) {
    process.stdout.write(`${number}  ${lineOf(log.read(number))}\n`);
  }
}

function lineOf(record: Int32Array): string {
  return isServiceRecord(record) ? describeServiceRecord(record) : describeRecord(record);
}

export function logVerify(name: string, options: LogOptions): void {
  const { log, directory } = logOf(name, options);
  programOf(directory, (options.program ?? 1) - 1);
  const from = log.first === 0 ? "the start of the program" : `image ${log.image}`;
  const count = log.end - log.first;
  process.stdout.write(
    `${count} records, numbers ${log.first} to ${log.end - 1}, from ${from} on, epoch ${log.epoch}: whole\n`,
  );
}

export async function logReplay(name: string, options: LogOptions): Promise<void> {
  const { log, directory } = logOf(name, options);
  if (isService(directory)) {
    if (options.trace !== undefined) {
      fail("--trace is for programs: a service makes no calls of that kind", ExitCode.usage);
    }
    return replayService(name, directory, log);
  }
  const programs = programsOf(name, options);
  const started = performance.now();
  const { records, failure } = await replayOrFail(name, programs, options);
  if (failure !== undefined) fail(`${name}: ${messageOf(failure)}`, ExitCode.fault);
  const ms = (performance.now() - started).toFixed(1);
  process.stdout.write(`${records} records replayed in ${ms} ms, and nothing differed\n`);
}

/** The same; ends the command if the program cannot be run at all. */
export async function replayOrFail(
  file: string,
  programs: readonly LoggedProgram[],
  options: LogOptions,
): Promise<Rehearsal> {
  try {
    return await replay(programs, options);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return fail(`${file}: ${error.message}`, ExitCode.cannotRun);
  }
}

function isRefusal(error: unknown): error is Error {
  return [InvalidModuleError, LinkError, LostImageError].some((kind) => error instanceof kind);
}

/** Brings programs up from their logs, in the manner in which they are run. */
async function replay(
  programs: readonly LoggedProgram[],
  { trace }: Pick<LogOptions, "trace"> = {},
): Promise<Rehearsal> {
  const [first, ...others] = await Promise.all(programs.map(rehearsed));
  const { model, grants, streams, fuelSlice } = programs[0]!.record;
  return rehearse({
    ...first!,
    others,
    model,
    grants,
    streams,
    fuelSlice: fuelSlice ?? undefined,
    trace: trace === undefined ? undefined : traceLine,
  });
}

async function rehearsed(program: LoggedProgram): Promise<RehearsedProgram> {
  const { log, images, code, record } = program;
  const { args, env, fuel, memoryMaxBytes } = record;
  const limit = memoryMaxBytes === null ? {} : { memoryMaxBytes };
  const prepared = await prepareModule(code, { fuel, capture: "unwind", ...limit });
  return { prepared, args, env, log, images };
}

/** A program of a data directory, with its log. */
export interface LoggedProgram {
  readonly code: Uint8Array;
  readonly record: ProgramRecord;
  readonly log: ReadOnlyLog;
  readonly images: RehearsedProgram["images"];
}

/** The programs of a server, which are one unless several were joined. Ends the command if there is none. */
export function programsOf(name: string, options: LogOptions): LoggedProgram[] {
  const { directory } = logOf(name, options);
  const { record } = programOf(directory, 0);
  const { programCount = 1 } = record;
  return Array.from({ length: programCount }, (_, program) => {
    const { log } = logOf(name, { ...options, program: program + 1 });
    // From the start, where the log goes back to it: an image holds another program's frames.
    const images = log.first === 0 ? undefined : readServerImages(directory, log, program);
    return { ...programOf(directory, program), log, images };
  });
}

/** The log of a server; ends the command if there is none, or if it cannot be used. */
export function logOf(
  name: string,
  { data, until, program = 1 }: LogOptions,
): { readonly log: ReadOnlyLog; readonly directory: string } {
  const directory = data ?? dataDirectoryOf(name);
  try {
    const log = readServerLog(directory, until, program - 1);
    if (log !== undefined) return { log, directory };
  } catch (error) {
    if (!(error instanceof LogRefusedError)) throw error;
    fail(`${directory}: ${error.message}`, ExitCode.cannotRun);
  }
  return fail(
    `there is no log of a server named ${name} (${directory}/log): it was not run with --durable=host or ` +
      "disk, or --data has to say where else to look",
    ExitCode.notFound,
  );
}

function programOf(directory: string, program: number): KeptProgram {
  const kept = orFail(() => readProgram(directory, program));
  return kept ?? fail(`${directory} has a log and no program`, ExitCode.cannotRun);
}
