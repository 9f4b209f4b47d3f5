// `shoal run`: reads and prepares programs, grants them what the command line says, runs them, and ends
// as the last of them ended. Messages of our own go to standard error and begin with "shoal:"; all else is the program's.
import { readFileSync } from "node:fs";
import {
  checkDurable,
  type ConsoleDevice,
  describeSession,
  type Grant,
  InvalidModuleError,
  kindOfStream,
  LinkError,
  LostImageError,
  NodeConsole,
  prepareModule,
  type PreparedModule,
  type ProgramEnd,
  runPipeline,
  type RunPipelineOptions,
  serveControl,
  startWatchdog,
  type Watchdog,
} from "../../boot/index.ts";
import { keepCore } from "../durable/cell.ts";
import { captureOptionsOf, type FreezeOptions } from "./capture.ts";
import { checkCommand, type CommandOptions, holdCommand } from "../durable/command.ts";
import { isCommandToSupervise, superviseCommand } from "../durable/command-supervisor.ts";
import { openConnections } from "./connect.ts";
import { type DetachOptions, isToDetach, runDetached } from "./detach.ts";
import {
  isServiceFile,
  isToKeep,
  isToSupervise,
  ownCore,
  settingsOf,
  superviseRun,
} from "../durable/durable.ts";
import { checkServiceOptions } from "./service-options.ts";
import { ExitCode } from "../exit-code.ts";
import { tellFaults, tellServiceFault } from "./fault-report.ts";
import { type GrantOptions, grantsOf, setting } from "./grants.ts";
import { type Level, preparationOf } from "./level.ts";
import { openListeners } from "./listen.ts";
import { errorCode, fail, say, traceLine } from "../message.ts";
import { reviveFor } from "./revive.ts";
import { serveFor, type ServeOptions } from "./serve.ts";

export interface RunCommandOptions
  extends FreezeOptions, GrantOptions, ServeOptions, DetachOptions, CommandOptions {
  readonly connect: readonly string[];
  readonly connectTimeout: number;
  readonly listen: readonly string[];
  readonly env: readonly string[];
  readonly argv0?: string | undefined;
  readonly memoryMax?: number | undefined;
  readonly fuelSlice?: number | undefined;
  readonly level?: Level | undefined;
  readonly model: "process" | "interrupt";
  readonly preempt: "none" | "partial" | "full";
  readonly trace?: "calls" | undefined;
  readonly watch?: number | undefined;
  readonly pipefail?: boolean | undefined;
  readonly raw?: boolean | undefined;
}

/** What stands between two programs that are joined by a pipe. */
export const joinWord = "::";

interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export async function run(
  file: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<void> {
  checkCommand(file, options);
  if (isServiceFile(file)) checkServiceOptions(args, options);
  if (isToDetach(options)) return runDetached(file, options);
  if (isServiceFile(file) && !isToKeep(options)) {
    const { runService } = await import("./service.ts");
    return runService(file, options);
  }
  if (isCommandToSupervise(options)) process.exit(await superviseCommand(options));
  if (options.hostCommand === true) return holdCommand(file, args, options);
  if (isToSupervise(options)) process.exit(await superviseRun(file, options));
  if (isToKeep(options)) process.exit(await keepCore(settingsOf(file, options), ownCore()));
  const commands = commandsOf([file, ...args]);
  if (commands.length > 1 && options.argv0 !== undefined) {
    fail("--argv0 is for one program: leave it away where several are joined", ExitCode.usage);
  }
  const grants = grantsOf(options);
  if (options.durable !== undefined) refuseInMemory(grants);
  const env = options.env.map(setting);
  const serving = serveFor(file, commands.length, options);
  const codes = serving?.codes ?? commands.map((command) => read(command.file));
  serving?.onRead?.(codes);
  let streams: ConsoleDevice["streams"] | undefined;
  const programs = await Promise.all(
    commands.map(async (command, i) => {
      const given = { args: [options.argv0 ?? command.file, ...command.args], env, grants };
      const code = codes[i]!;
      const kept = serving?.keeper?.find(i, code, given);
      const made = await prepare(command.file, kept?.code ?? code, options);
      if (options.durable !== undefined) refuseUndurable(command.file, made.prepared);
      const record = kept?.record ?? serving?.keeper?.keep(i, code, given);
      if (i === 0) streams = record?.streams;
      return { ...made, args: given.args, env };
    }),
  );
  const { model, fuelSlice } = options;
  const served = await serving?.open({ ...programs[0]!, grants, streams, model, fuelSlice });
  const console = served?.console ?? new NodeConsole({ isRaw: options.raw === true });
  const network = await openListeners(options.listen, { say, fail });
  await reviveFor(options.connect);
  const connections = openConnections(options.connect, options.connectTimeout, served?.kept);
  const watchdog = watch(commands, grants, options);
  process.once("beforeExit", () => tellDeadlock(commands));
  const capture = captureOptionsOf(options, grants, served?.serve.place, async () => {
    await console.drained?.();
    // It ends with its image, and nobody is to start it again.
    served?.cell?.ended(ExitCode.ok, false);
  });
  const ends = await runAll(commands, {
    programs: programs.map((program, i) => ({
      ...program,
      durable: served?.durables?.[i],
    })),
    grants,
    network,
    serve: served?.serve,
    connections,
    onIdle: served?.cell?.onIdle,
    console,
    streams,
    capture,
    onSession: (session) => {
      // One that can be captured has its control socket from that.
      if (served === undefined || capture !== undefined) return;
      serveControl(served.serve.place, { describe: () => describeSession(session) });
    },
    model: options.model,
    preemption: options.preempt,
    fuelSlice: options.fuelSlice,
    prepare: (code) => prepareCode(code, options),
    beat: served?.cell?.beat ?? watchdog?.beat,
    trace: options.trace === undefined ? undefined : traceLine,
    onServiceFault: tellServiceFault,
  });
  await tellFaults(
    ends,
    commands.map((command) => command.file),
  );
  const code = exitCodeOf(ends, options.pipefail === true);
  served?.cell?.ended(
    code,
    ends.some(({ fault }) => fault !== undefined),
  );
  process.exit(code);
}

/** Before it is kept as the program of its directory. */
function refuseUndurable(file: string, { facts }: PreparedModule): void {
  try {
    checkDurable(facts);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    fail(`${file} cannot be run: ${error.message}`, ExitCode.cannotRun);
  }
}

/** What a durable program keeps in memory beside its own would be gone with its cell, and nobody told. */
function refuseInMemory(grants: readonly Grant[]): void {
  const lost = grants.find(({ host, changes }) => host === undefined || changes === "memory");
  if (lost === undefined) return;
  fail(
    `${lost.guest} would be in memory, which a durable program outlives: grant a directory with --dir, or ` +
      "one for the changes with --dir-overlay HOST::GUEST::CHANGES",
    ExitCode.usage,
  );
}

/** Nothing is due and nothing can come from outside, and still there are threads: they wait for each other. */
function tellDeadlock(commands: readonly Command[]): never {
  const files = commands.map(({ file }) => file).join(", ");
  return fail(
    `${files}: every thread that is left waits for another one, and none of them will ever run`,
    ExitCode.fault,
  );
}

/** The programs that `::` joins, each with its arguments. */
function commandsOf(words: readonly string[]): Command[] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === joinWord) parts.push([]);
    else parts.at(-1)!.push(word);
  }
  return parts.map(([file, ...args]) => {
    if (file === undefined) fail(`${joinWord} joins two programs: one is missing`, ExitCode.usage);
    if (file.startsWith("-")) {
      fail(`options come before the first program, not after ${joinWord}: ${file}`, ExitCode.usage);
    }
    return { file, args };
  });
}

async function runAll(
  commands: readonly Command[],
  options: RunPipelineOptions,
): Promise<readonly ProgramEnd[]> {
  try {
    return await runPipeline(options);
  } catch (error) {
    if (error instanceof LostImageError) fail(error.message, ExitCode.cannotRun);
    if (!(error instanceof LinkError)) throw error;
    const isNamed = commands.length > 1;
    const { message } = error;
    return fail(
      isNamed ? message : `${commands[0]!.file} cannot be run: ${message}`,
      ExitCode.cannotRun,
    );
  }
}

/** That of the last program; with `--pipefail`, of the last that did not end with 0. */
function exitCodeOf(ends: readonly ProgramEnd[], isPipefail: boolean): number {
  const codes = ends.map(({ code, fault }) => (fault === undefined ? code : ExitCode.fault));
  const last = codes.at(-1)!;
  return isPipefail ? (codes.findLast((code) => code !== 0) ?? 0) : last;
}

/** Seconds after which somebody at a terminal is told of a program that lets nothing else run. */
const watchSecondsAtTerminal = 30;

/**
 * Watches from another thread whether the program ever lets go of its core. A program with fuel checks
 * always does; without, only ending the core helps, and this says what that takes along.
 */
function watch(
  commands: readonly Command[],
  grants: readonly Grant[],
  options: RunCommandOptions,
): Watchdog | undefined {
  // A cell is watched by its supervisor.
  if (preparationOf(options).fuel || options.cell !== undefined) return undefined;
  const seconds =
    options.watch ?? (kindOfStream(2) === "terminal" ? watchSecondsAtTerminal : undefined);
  if (seconds === undefined) return undefined;
  const file = commands.map((command) => command.file).join(" or ");
  const others = ["console", "clock", "entropy", ...grants.map(({ guest }) => `files ${guest}`)];
  return startWatchdog({
    afterMs: seconds * 1000,
    text:
      `shoal: ${file} has kept core 0 to itself for ${seconds} s. Ending it (ctrl-C) ends the core, and ` +
      `with it the processes ${others.join(", ")}. With --fuel-slice it would make way for others.\n`,
  });
}

async function prepare(
  file: string,
  code: Uint8Array,
  options: RunCommandOptions,
): Promise<{ readonly prepared: PreparedModule; readonly code: Uint8Array }> {
  try {
    return { prepared: await prepareCode(code, options), code };
  } catch (error) {
    if (error instanceof InvalidModuleError) fail(`${file}: ${error.message}`, ExitCode.cannotRun);
    throw error;
  }
}

function prepareCode(code: Uint8Array, options: RunCommandOptions): Promise<PreparedModule> {
  return prepareModule(code, {
    ...preparationOf(options),
    ...(options.memoryMax === undefined ? {} : { memoryMaxBytes: options.memoryMax }),
  });
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") fail(`there is no file "${file}"`, ExitCode.notFound);
    if (code === "EISDIR") fail(`"${file}" is a directory, not a program`, ExitCode.cannotRun);
    if (code === "EACCES")
      fail(`"${file}" may not be read: check its permissions`, ExitCode.cannotRun);
    throw error;
  }
}
