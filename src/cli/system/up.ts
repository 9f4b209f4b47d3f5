// `shoal up`, `down`, `status`: the background system as a whole.
import { runSystem, sayReady, SystemDownError, SystemOwnedError } from "../../system/index.ts";
import { askSystem, type SystemStatus } from "../../system/index.ts";
import { fail, say } from "../message.ts";
import {
  ask,
  type JsonOption,
  orFail,
  ownCommand,
  placeOrFail,
  printJson,
  printLine,
  upOrFail,
} from "./system-access.ts";
import { version } from "../version.ts";

/** Exit code of `status` if no system is up, as service managers have it. */
const notUpCode = 3;

export interface UpOptions extends JsonOption {
  /** A port, or false for none; undefined leaves it as it is. */
  readonly http?: number | boolean | undefined;
  readonly foreground?: boolean | undefined;
  /** Whoever started this process waits for it to be up. */
  readonly awaited?: boolean | undefined;
}

export async function up(options: UpOptions): Promise<void> {
  if (options.foreground === true) return beSystem(options);
  const { status: found, isNew } = await upOrFail();
  const status = await withHttp(found, options.http);
  if (status.version !== version) {
    say(`it is of version ${status.version}, and this is ${version}: shoal down, then shoal up`);
  }
  if (options.json === true) return printJson({ ...status, isNew });
  const programs = `${status.running} of ${status.programs} programs running`;
  printLine(
    isNew
      ? `the system is up, as process ${status.pid}: ${programs}`
      : `the system was up already, as process ${status.pid}: ${programs}`,
  );
  if (status.http !== null) printLine(`HTTP at ${status.http}`);
}

/** The system's state once it answers by HTTP as it is told to. */
async function withHttp(status: SystemStatus, http: UpOptions["http"]): Promise<SystemStatus> {
  const port = portOf(http);
  return port === undefined ? status : ask({ ask: "http", port });
}

function portOf(http: UpOptions["http"]): number | null | undefined {
  if (http === true) return 0;
  return http === false ? null : http;
}

/** This process is the system from now on. */
async function beSystem({ http, awaited }: UpOptions): Promise<void> {
  const isAwaited = awaited === true;
  try {
    await runSystem({
      place: placeOrFail(),
      command: ownCommand(),
      version,
      say: (line) => say(`${new Date().toISOString()} ${line}`),
      httpPort: portOf(http),
      isAwaited,
    });
    process.exit(0);
  } catch (error) {
    if (!(error instanceof SystemOwnedError)) throw error;
    if (isAwaited) sayReady({ pid: error.pid ?? null, isFormer: true });
    fail(error.message, 1);
  }
}

export async function down({ json }: JsonOption): Promise<void> {
  const status = await ask({ ask: "down" });
  if (json === true) printJson(status);
  else {
    const programs = status.running === 1 ? "1 program" : `${status.running} programs`;
    const what =
      status.running === 0 ? "" : `; ${programs} will be started again by the next shoal up`;
    printLine(`the system is down${what}`);
  }
}

export async function tellStatus({ json }: JsonOption): Promise<void> {
  const status = await statusOrNone();
  if (json === true) printJson({ isUp: status !== undefined, ...status });
  else if (status === undefined) printLine("the system is not up: shoal up starts it");
  else for (const line of linesOf(status)) printLine(line);
  if (status === undefined) process.exitCode = notUpCode;
}

async function statusOrNone(): Promise<SystemStatus | undefined> {
  return orFail(async () => {
    try {
      return await askSystem(placeOrFail(), { ask: "status" });
    } catch (error) {
      if (error instanceof SystemDownError) return undefined;
      throw error;
    }
  });
}

function linesOf(status: SystemStatus): string[] {
  const { pid, startedAt, programs, running, directory, http } = status;
  return [
    `up since ${startedAt}, as process ${pid}, version ${status.version}`,
    `${running} of ${programs} programs running`,
    `directory ${directory}`,
    ...(http === null ? [] : [`HTTP at ${http}`]),
  ];
}
