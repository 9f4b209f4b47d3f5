// `shoal run --name NAME -- COMMAND`: holds sessions with a native command, a tool server for instance.
// Each client (shoal attach NAME) has a session with a child of its own.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  CommandHolder,
  CommandLogError,
  type CommandManner,
  dataDirectoryOf,
  keepCommand,
  type NamePlace,
  placeOf,
  type Protocol,
  sessionVariable,
  type StateMode,
} from "../../boot/index.ts";
import {
  countTurns,
  Progress,
  reportOpen,
  startCellReports,
  codeOfSignal,
} from "../../supervisor/index.ts";
import { ChildRestarts } from "./child-restarts.ts";
import { type DurableCommandOptions, joinSupervisor } from "./durable.ts";
import { ExitCode } from "../exit-code.ts";
import { setting } from "../run/grants.ts";
import { fail, say } from "../message.ts";
import { type NameOptions, takeName } from "../name.ts";

export interface CommandOptions extends NameOptions, DurableCommandOptions {
  /** The words after the options are a command of the host. */
  readonly hostCommand?: boolean | undefined;
  readonly state: StateMode;
  readonly protocol: Protocol;
  readonly idleSeconds?: number | undefined;
  readonly logMax?: number | undefined;
  readonly env: readonly string[];
}

const defaultLogBytesMax = 16 * 1024 * 1024;
const idleMs = 200;

/** What of `shoal run` makes no sense for a command, which is no program of ours. */
const programOptions = [
  "dir",
  "dirReadOnly",
  "dirOverlay",
  "tempDir",
  "listen",
  "connect",
  "memoryMax",
  "fuelSlice",
  "level",
  "trace",
  "freezeTo",
] as const;

/** Before anything is started: what is wrong with the command line. */
export function checkCommand(file: string, options: CommandOptions): void {
  const { name, hostCommand } = options;
  if (hostCommand !== true) return;
  if (name === undefined) {
    fail(`-- ${file}: clients find a command by its name: add --name NAME`, ExitCode.usage);
  }
  refuseUnsound(options);
  if (options.standby === "cell") {
    fail("--standby cell is for WebAssembly programs: a holder starts fast enough", ExitCode.usage);
  }
  const given: Readonly<Record<string, unknown>> = { ...options };
  const wrong = programOptions.find((key) => isGiven(given[key]));
  if (wrong === undefined) return;
  const flag = wrong.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  fail(
    `--${flag} is for WebAssembly programs: a command runs with all that you may do yourself`,
    ExitCode.usage,
  );
}

/** Bytes that nobody understands can only be said again all of them. */
export function refuseUnsound({
  protocol,
  state,
}: Pick<CommandOptions, "protocol" | "state">): void {
  if (protocol !== "bytes" || state === "memory") return;
  fail(
    "--protocol bytes: after a death a new process is told again all that was said, so whatever that changes " +
      "outside of it would be changed twice. If it changes nothing but its own memory, and says the same " +
      "when it is told the same, add --state memory",
    ExitCode.usage,
  );
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** Holds sessions until it is ended. Without `--durable` they end with this process. */
export async function holdCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<void> {
  const name = options.name!;
  const isCell = options.cell !== undefined;
  const place = isCell ? placeOf(name) : takeName(name);
  const data = resolve(options.data ?? dataDirectoryOf(name));
  refuseProgram(data);
  const manner = mannerOf(file, args, options);
  if (isCell) keepCommand(data, manner);
  const level = isCell ? (options.durable ?? "memory") : "memory";
  const idle = idleExit(options.idleSeconds, () => leave(0));
  const holder = new CommandHolder({
    place,
    data,
    epoch: options.cell ?? 1,
    level,
    logBytesMax: options.logMax ?? defaultLogBytesMax,
    manner,
    newPolicy: () => new ChildRestarts(options.restartLimit),
    stayCurrent: level !== "memory" ? currentCheck(data, options.cell!) : () => {},
    say: (text) => say(`${name}: ${text}`),
    onCount: idle,
  });
  const cell = isCell ? joinCell(holder) : undefined;
  const leave = (code: number): never => {
    holder.close();
    cell?.ended(code, false);
    return process.exit(code);
  };
  endOnSignals(() => holder.close());
  endWithoutLog();
  await open(holder, place);
  if (isCell) reportOpen();
  say(`${name} holds sessions of ${file}: shoal attach ${name} begins one`);
}

function refuseProgram(data: string): void {
  if (!existsSync(join(data, "program.json"))) return;
  fail(`${data} belongs to a WebAssembly program: give another --name or --data`, ExitCode.usage);
}

function mannerOf(file: string, args: readonly string[], options: CommandOptions): CommandManner {
  const settings = options.env.map(setting).map((text): [string, string] => {
    const at = text.indexOf("=");
    return [text.slice(0, at), text.slice(at + 1)];
  });
  const env = { ...ownEnvironment(), ...Object.fromEntries(settings) };
  return {
    file,
    args,
    directory: process.cwd(),
    env,
    state: options.state,
    protocol: options.protocol,
  };
}

/** The variables of this process, but not whose child it may itself be. */
export function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[0] !== sessionVariable && entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

async function open(holder: CommandHolder, place: NamePlace): Promise<void> {
  try {
    await holder.open();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    fail(`--name ${place.serverName}: ${error.message}`, ExitCode.cannotRun);
  }
}

/** The next start takes the file of this one away before anything of it runs. */
function currentCheck(data: string, epoch: number): () => void {
  const file = join(data, "epochs", `${epoch}`);
  return () => {
    if (!existsSync(file)) process.kill(process.pid, "SIGKILL");
  };
}

function joinCell(holder: CommandHolder): ReturnType<typeof joinSupervisor> {
  const progress = startCellReports();
  countTurns(progress, Progress.keeperTurns);
  const cell = joinSupervisor(progress);
  // It only ever waits for others: a command may take as long as it likes.
  setInterval(() => {
    const { open: openCount, answered } = holder.counts;
    cell.onProgress(openCount, answered);
    cell.onIdle();
  }, idleMs).unref();
  return cell;
}

/** Ends a holder that nobody has needed for a while. */
function idleExit(seconds: number | undefined, leave: () => void): (sessions: number) => void {
  let timer: NodeJS.Timeout | undefined;
  return (sessions) => {
    clearTimeout(timer);
    if (seconds !== undefined && sessions === 0) timer = setTimeout(leave, seconds * 1000);
  };
}

/** Nothing may be said that is not in the log: another start goes on from what is there. */
function endWithoutLog(): void {
  process.on("uncaughtException", (error) => {
    if (!(error instanceof CommandLogError)) throw error;
    fail(error.message, ExitCode.cannotRun);
  });
}

function endOnSignals(close: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      close();
      process.exit(codeOfSignal(signal));
    });
  }
}
