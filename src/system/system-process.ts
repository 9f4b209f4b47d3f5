// The process of the background system: takes the place, starts what was running, answers, and ends in good
// order when it is told to. Whatever ends it otherwise ends its cells, too, since they report to nobody then.
import { rmSync, writeFileSync } from "node:fs";
import { makePrivate, OwnedError, takeOwnership } from "../server/session/index.ts";
import { holdSignal } from "../supervisor/index.ts";
import { BackgroundSystem } from "./background-system.ts";
import { openControlServer } from "./control-server.ts";
import { entryOf } from "./program-entry.ts";
import { HttpFace } from "./http/http-face.ts";
import { sayReady } from "./ready.ts";
import type { SystemPlace } from "./system-place.ts";
import { SystemError, type SystemRequest, type SystemStatus } from "./system-request.ts";

export interface SystemProcessOptions {
  readonly place: SystemPlace;
  /** Node and the script of the command, with which cells are started. */
  readonly command: readonly [string, ...string[]];
  readonly version: string;
  readonly say: (line: string) => void;
  /** Where to answer by HTTP, null for nowhere; undefined for as it was. */
  readonly httpPort?: number | null | undefined;
  /** Whoever started this process waits for a line on descriptor 3. */
  readonly isAwaited: boolean;
}

/** Ends when the system does. Throws a `SystemError` if there is one already. */
export async function runSystem(options: SystemProcessOptions): Promise<void> {
  const { place, say, isAwaited, command, version } = options;
  const lock = own(place);
  const startedAt = new Date().toISOString();
  const system = new BackgroundSystem({ place, command, say });
  const status = (): SystemStatus =>
    statusOf(system, { place, version, startedAt, http: http.url });
  const http = new HttpFace({
    place,
    status,
    list: () => system.list(),
    attach: (name) => system.attach(name),
  });
  const over = Promise.withResolvers<void>();
  const end = once(async () => {
    await system.leave();
    say("the system ends");
    over.resolve();
  });
  rmSync(place.downPath, { force: true });
  watchSignals(system, say, end);
  await system.restore();
  await openHttp(http, options).catch((error: unknown) => say(textOf(error)));
  const server = await openControlServer({
    path: place.socketPath,
    answer: async (request) => {
      if (request.ask === "http") await http.set(request.port);
      const known = status();
      if (request.ask === "down") {
        writeFileSync(place.downPath, "");
        await end();
      }
      return isAboutSystem(request) ? known : answerOf(system, request);
    },
    onError: (error) => say(textOf(error)),
  });
  say(`the system is up, with ${status().running} of ${status().programs} programs`);
  if (isAwaited) sayReady({ pid: process.pid, isFormer: false });
  await over.promise;
  await Promise.all([server.close(), http.close()]);
  lock.release();
}

function openHttp(http: HttpFace, { httpPort }: SystemProcessOptions): Promise<void> {
  return httpPort === undefined ? http.restore() : http.set(httpPort);
}

function own(place: SystemPlace) {
  makePrivate(place.directory);
  try {
    return takeOwnership(place.directory);
  } catch (error) {
    if (!(error instanceof OwnedError)) throw error;
    throw new SystemOwnedError(error.owner?.pid);
  }
}

/** Another process is the system of this place. */
export class SystemOwnedError extends SystemError {
  readonly pid: number | undefined;

  constructor(pid: number | undefined) {
    super(`a system is up already, as process ${pid ?? "(it does not say which)"}`);
    this.pid = pid;
  }
}

function statusOf(
  system: BackgroundSystem,
  {
    place,
    ...known
  }: Pick<SystemStatus, "version" | "startedAt" | "http"> & {
    readonly place: SystemPlace;
  },
): SystemStatus {
  const programs = system.list();
  return {
    pid: process.pid,
    ...known,
    directory: place.directory,
    programs: programs.length,
    running: programs.filter(({ pid }) => pid !== null).length,
  };
}

type AboutSystem = Extract<SystemRequest, { readonly ask: "status" | "down" | "http" }>;
type ProgramRequest = Exclude<SystemRequest, AboutSystem>;

function isAboutSystem(request: SystemRequest): request is AboutSystem {
  return request.ask === "status" || request.ask === "down" || request.ask === "http";
}

function answerOf(system: BackgroundSystem, request: ProgramRequest): unknown {
  switch (request.ask) {
    case "list":
      return system.list();
    case "run":
      return system.run(entryOf(request.entry));
    case "start":
      return system.start(request);
    case "stop":
      return system.stop(request);
    case "restart":
      return system.restart(request);
    case "remove":
      return system.remove(request, request.isForced);
    case "kill":
      return system.kill(request, request.signal);
    default:
      throw new SystemError(
        `the system, process ${process.pid}, was asked what it does not know: it is of another version of ` +
          "Shoal; shoal down ends it",
      );
  }
}

function watchSignals(
  system: BackgroundSystem,
  say: (line: string) => void,
  end: () => Promise<void>,
): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      say(`the system was told to end by ${signal}`);
      void end();
    });
  }
  // There is no terminal that it could lose.
  process.on("SIGHUP", () => {});
  process.on(holdSignal, () => system.renewHeld());
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
