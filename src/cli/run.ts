// `shoal run`: reads and prepares a program, grants it what the command line says, runs it, and ends as
// it ended. Messages of our own go to standard error and begin with "shoal:"; all else is the program's.
import { readFileSync, statSync, writeSync } from "node:fs";
import { FaultReason } from "../abi/index.ts";
import {
  type Grant,
  InvalidModuleError,
  kindOfStream,
  LinkError,
  prepareModule,
  type PreparedModule,
  type ProgramEnd,
  runProgram,
  startWatchdog,
  type Watchdog,
} from "../boot/index.ts";
import { ExitCode } from "./exit-code.ts";

export interface RunCommandOptions {
  readonly dir: readonly string[];
  readonly dirReadOnly: readonly string[];
  readonly tempDir: readonly string[];
  readonly env: readonly string[];
  readonly argv0?: string | undefined;
  readonly memoryMax?: number | undefined;
  readonly fuelSlice?: number | undefined;
  readonly model: "process" | "interrupt";
  readonly preempt: "none" | "partial" | "full";
  readonly trace?: "calls" | undefined;
  readonly watch?: number | undefined;
}

export async function run(
  file: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<void> {
  const grants = grantsOf(options);
  const env = options.env.map(setting);
  const prepared = await prepare(file, options);
  const watchdog = watch(file, grants, options);
  let end: ProgramEnd;
  try {
    end = await runProgram({
      prepared,
      args: [options.argv0 ?? file, ...args],
      env,
      grants,
      model: options.model,
      preemption: options.preempt,
      fuelSlice: options.fuelSlice,
      ...(watchdog === undefined ? {} : { beat: watchdog.beat }),
      trace: options.trace === undefined ? undefined : traceLine,
    });
  } catch (error) {
    if (error instanceof LinkError)
      fail(`${file} cannot be run: ${error.message}`, ExitCode.cannotRun);
    throw error;
  }
  if (end.fault !== undefined) tellFault(file, end.fault);
  process.exit(end.fault === undefined ? end.code : ExitCode.fault);
}

/** Seconds after which somebody at a terminal is told of a program that lets nothing else run. */
const watchSecondsAtTerminal = 30;

/**
 * Watches from another thread whether the program ever lets go of its core. A program with fuel checks
 * always does; without, only ending the core helps, and this says what that takes along.
 */
function watch(
  file: string,
  grants: readonly Grant[],
  options: RunCommandOptions,
): Watchdog | undefined {
  if (options.fuelSlice !== undefined) return undefined;
  const seconds =
    options.watch ?? (kindOfStream(2) === "terminal" ? watchSecondsAtTerminal : undefined);
  if (seconds === undefined) return undefined;
  const others = ["console", "clock", "entropy", ...grants.map(({ guest }) => `files ${guest}`)];
  return startWatchdog({
    afterMs: seconds * 1000,
    text:
      `shoal: ${file} has kept core 0 to itself for ${seconds} s. Ending it (ctrl-C) ends the core, and ` +
      `with it the processes ${others.join(", ")}. With --fuel-slice it would make way for others.\n`,
  });
}

async function prepare(file: string, options: RunCommandOptions): Promise<PreparedModule> {
  const bytes = read(file);
  try {
    return await prepareModule(bytes, {
      fuel: options.fuelSlice !== undefined,
      capture: options.model === "interrupt" ? "asyncify" : "none",
      ...(options.memoryMax === undefined ? {} : { memoryMaxBytes: options.memoryMax }),
    });
  } catch (error) {
    if (error instanceof InvalidModuleError) fail(`${file}: ${error.message}`, ExitCode.cannotRun);
    throw error;
  }
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

function grantsOf(options: RunCommandOptions): Grant[] {
  const grants = [
    ...options.dir.map((text) => hostGrant(text, false)),
    ...options.dirReadOnly.map((text) => hostGrant(text, true)),
    ...options.tempDir.map((guest): Grant => ({ guest, host: undefined, isReadOnly: false })),
  ];
  const seen = new Set<string>();
  for (const { guest } of grants) {
    if (seen.has(guest))
      fail(`"${guest}" is granted twice: give each tree a name of its own`, ExitCode.usage);
    seen.add(guest);
  }
  return grants;
}

/** `host` or `host::guest`. */
function hostGrant(text: string, isReadOnly: boolean): Grant {
  const at = text.indexOf("::");
  const host = at < 0 ? text : text.slice(0, at);
  const guest = at < 0 ? text : text.slice(at + 2);
  if (host === "" || guest === "")
    fail(`--dir takes HOST or HOST::GUEST, not "${text}"`, ExitCode.usage);
  try {
    if (!statSync(host).isDirectory())
      fail(`--dir ${text}: "${host}" is not a directory`, ExitCode.usage);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    fail(`--dir ${text}: there is no directory "${host}"`, ExitCode.usage);
  }
  return { guest, host, isReadOnly };
}

/** NAME=VALUE, or NAME for the value it has here. */
function setting(text: string): string {
  if (text.includes("=")) return text;
  const value = process.env[text];
  if (value === undefined)
    fail(`--env ${text}: it is not set here; give ${text}=VALUE`, ExitCode.usage);
  return `${text}=${value}`;
}

const faultNames: Readonly<Record<number, string>> = {
  [FaultReason.trap]: "trapped",
  [FaultReason.stackOverflow]: "used up its stack",
  [FaultReason.fuel]: "used up its fuel",
  [FaultReason.hostError]: "ended by an error",
  [FaultReason.killed]: "was killed",
};

function tellFault(file: string, { reason, error }: NonNullable<ProgramEnd["fault"]>): void {
  const message = error instanceof Error ? error.message : String(error);
  say(`${file} ${faultNames[reason] ?? "faulted"}: ${message}`);
  for (const line of wasmFrames(error)) say(`    ${line}`);
}

const framesMax = 24;

/** The program's own frames of a stack, innermost first: name, function number and offset in the file. */
function wasmFrames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").flatMap((line) => {
    const match = /^\s*at (?:(.*) \()?wasm:\/\/[^:]*:wasm-function\[(\d+)\]:(0x[0-9a-f]+)/.exec(
      line,
    );
    if (match === null) return [];
    const name = match[1]?.replace(/^[^.]*\.wasm\./, "").replace(/^wasm\./, "") ?? "";
    return [`at ${name === "" ? "function" : name} [${match[2]}] +${match[3]}`];
  });
  const hidden = frames.length - framesMax;
  return hidden <= 0 ? frames : [...frames.slice(0, framesMax), `... and ${hidden} more`];
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

function say(line: string): void {
  writeSync(2, `${line.startsWith("    ") ? "" : "shoal: "}${line}\n`);
}

/** Written at once: the trace of a program that is killed must not be lost. */
function traceLine(line: string): void {
  writeSync(2, `${line}\n`);
}

function fail(message: string, code: number): never {
  say(message);
  process.exit(code);
}
