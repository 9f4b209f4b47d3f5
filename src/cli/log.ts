// `shoal log`: looks at the message log of a durable server, which may be running: shows its records, checks
// it, or brings the program up from it and stops where it ends.
import {
  dataDirectoryOf,
  describeRecord,
  InvalidModuleError,
  LinkError,
  LogRefusedError,
  LostImageError,
  prepareModule,
  type ReadOnlyLog,
  readProgram,
  readServerImages,
  readServerLog,
  type Rehearsal,
  rehearse,
} from "../boot/index.ts";
import { ExitCode } from "./exit-code.ts";
import { orFail } from "./kept-program.ts";
import { errorCode, fail, traceLine } from "./message.ts";

export interface LogOptions {
  readonly data?: string | undefined;
  readonly until?: number | undefined;
  readonly trace?: "calls" | undefined;
}

export function logShow(name: string, options: LogOptions): void {
  // Whoever reads may have seen enough.
  process.stdout.on("error", (error) => process.exit(errorCode(error) === "EPIPE" ? 0 : 1));
  const { log } = logOf(name, options);
  for (let number = log.first; number < log.end; number++) {
    process.stdout.write(`${number}  ${describeRecord(log.read(number))}\n`);
  }
}

export function logVerify(name: string, options: LogOptions): void {
  const { log, directory } = logOf(name, options);
  programOf(directory);
  const from = log.first === 0 ? "the start of the program" : `image ${log.image}`;
  const count = log.end - log.first;
  process.stdout.write(
    `${count} records, numbers ${log.first} to ${log.end - 1}, from ${from} on, epoch ${log.epoch}: whole\n`,
  );
}

export async function logReplay(name: string, options: LogOptions): Promise<void> {
  const { log, directory } = logOf(name, options);
  const code = programOf(directory);
  const started = performance.now();
  const { records, failure } = await replayOrFail(name, directory, log, code, options);
  if (failure !== undefined) fail(`${name}: ${textOf(failure)}`, ExitCode.fault);
  const ms = (performance.now() - started).toFixed(1);
  process.stdout.write(`${records} records replayed in ${ms} ms, and nothing differed\n`);
}

/** The same; ends the command if the program cannot be run at all. */
export async function replayOrFail(
  file: string,
  directory: string,
  log: ReadOnlyLog,
  code: Uint8Array,
  options: LogOptions,
): Promise<Rehearsal> {
  try {
    return await replay(directory, log, code, options);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return fail(`${file}: ${error.message}`, ExitCode.cannotRun);
  }
}

function isRefusal(error: unknown): error is Error {
  return [InvalidModuleError, LinkError, LostImageError].some((kind) => error instanceof kind);
}

/** Brings a program up from the log of a directory, in the manner of the directory's own. */
async function replay(
  directory: string,
  log: ReadOnlyLog,
  code: Uint8Array,
  { trace }: Pick<LogOptions, "trace"> = {},
): Promise<Rehearsal> {
  const { record } = orFail(() => readProgram(directory))!;
  const { args, env, model, fuel, fuelSlice, memoryMaxBytes, grants, streams } = record;
  const limit = memoryMaxBytes === null ? {} : { memoryMaxBytes };
  const prepared = await prepareModule(code, { fuel, capture: "unwind", ...limit });
  return rehearse({
    prepared,
    args,
    env,
    log,
    images: readServerImages(directory, log),
    model,
    grants,
    streams,
    fuelSlice: fuelSlice ?? undefined,
    trace: trace === undefined ? undefined : traceLine,
  });
}

/** The log of a server; ends the command if there is none, or if it cannot be used. */
export function logOf(
  name: string,
  { data, until }: LogOptions,
): { readonly log: ReadOnlyLog; readonly directory: string } {
  const directory = data ?? dataDirectoryOf(name);
  try {
    const log = readServerLog(directory, until);
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

function programOf(directory: string): Uint8Array {
  const kept = orFail(() => readProgram(directory));
  return kept?.code ?? fail(`${directory} has a log and no program`, ExitCode.cannotRun);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
