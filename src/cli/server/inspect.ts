// `shoal inspect`: all that is known of a program with a name, whether the background system runs it or a
// terminal: what the system says, what its session says, and what its log and images come to.
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  askControl,
  dataDirectoryOf,
  LogRefusedError,
  type NamePlace,
  placeOf,
  readServerLog,
  type SessionDescription,
} from "../../boot/index.ts";
import { askSystem, type ProgramStatus, SystemDownError } from "../../system/index.ts";
import { ExitCode } from "../exit-code.ts";
import { errorCode, fail } from "../message.ts";
import {
  type JsonOption,
  orFail,
  placeOrFail,
  printJson,
  printLine,
} from "../system/system-access.ts";
import { sizeOf } from "../table.ts";

export interface InspectOptions extends JsonOption {
  readonly data?: string | undefined;
}

interface KeptLog {
  readonly directory: string;
  /** Null if they cannot be read. */
  readonly records: { readonly first: number; readonly end: number; readonly epoch: number } | null;
  readonly logBytes: number;
  readonly images: number;
  readonly imageBytes: number;
}

export async function inspect(name: string, options: InspectOptions): Promise<void> {
  const place = await orFail(() => placeOf(name));
  const status = await statusOf(name);
  const session = await sessionAt(place);
  const log = keptLog(options.data === undefined ? dataDirectoryOf(name) : resolve(options.data));
  if (status === null && session === null && log === null) {
    fail(`there is nothing named ${name}: shoal ps lists what the system runs`, ExitCode.notFound);
  }
  if (options.json === true) printJson({ name, status, session, log });
  else for (const line of linesOf(name, status, session, log)) printLine(line);
}

/** What the background system knows; null if it is not up, or has no such program. */
async function statusOf(name: string): Promise<ProgramStatus | null> {
  return orFail(async () => {
    try {
      const programs = await askSystem(placeOrFail(), { ask: "list" });
      return programs.find((program) => program.name === name) ?? null;
    } catch (error) {
      if (error instanceof SystemDownError) return null;
      throw error;
    }
  });
}

/** What runs under the name now; null if nothing does. */
async function sessionAt(place: NamePlace): Promise<SessionDescription | null> {
  try {
    const answer = await askControl(place, { ask: "describe" });
    return answer.ok ? answer.session : null;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ECONNREFUSED") return null;
    throw error;
  }
}

/** Null if there is no log. */
function keptLog(directory: string): KeptLog | null {
  const log = filesIn(join(directory, "log"));
  if (log.count === 0) return null;
  const images = filesIn(join(directory, "images"), (file) => !file.includes(".seal-"));
  return {
    directory,
    records: recordsIn(directory),
    logBytes: log.bytes,
    images: images.count,
    imageBytes: images.bytes,
  };
}

function recordsIn(directory: string): KeptLog["records"] {
  try {
    const log = readServerLog(directory);
    return log === undefined ? null : { first: log.first, end: log.end, epoch: log.epoch };
  } catch (error) {
    if (error instanceof LogRefusedError) return null;
    throw error;
  }
}

/** Beside images there are seals, which say where each start took the log over. */
function filesIn(directory: string, isCounted: (file: string) => boolean = () => true) {
  const names = readIfThere(directory).filter(isCounted);
  const sizes = names.map((name) => {
    const stat = statSync(join(directory, name), { throwIfNoEntry: false });
    return stat?.isFile() === true ? stat.size : 0;
  });
  return { count: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function readIfThere(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function linesOf(
  name: string,
  status: ProgramStatus | null,
  session: SessionDescription | null,
  log: KeptLog | null,
): string[] {
  return [
    name,
    ...(status === null ? ["  not of the background system"] : linesOfStatus(status)),
    ...(session === null ? [] : linesOfSession(session)),
    ...(log === null ? [] : linesOfLog(log)),
  ];
}

function linesOfStatus(status: ProgramStatus): string[] {
  const { state, pid, level, epoch, restarts, startedAt, answered, open, group, end } = status;
  return [
    `  state     ${state}${pid === null ? "" : `, process ${pid}, since ${startedAt}`}`,
    ...(end === null ? [] : [`  ended     ${end.at}: ${end.how}`]),
    `  command   shoal run ${status.words.join(" ")}`,
    `  level     ${level}, epoch ${epoch}, ${restarts} restarts`,
    ...(group === null ? [] : [`  group     ${group}`]),
    `  requests  ${answered} answered, ${open} open`,
  ];
}

function linesOfSession({ programs, objects, clients }: SessionDescription): string[] {
  const counts = Object.entries(objects)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`);
  return [
    ...(clients === null
      ? []
      : [`  clients   ${clients.sessions} sessions, ${clients.connected} of them connected`]),
    `  kernel    ${counts.join(", ")}`,
    ...programs.flatMap(({ pid, args, memoryBytes, descriptors }) => [
      `  program   ${pid}: ${args.join(" ")}, memory ${sizeOf(memoryBytes)}`,
      ...descriptors.map(
        ({ fd, kind, path, offset }) =>
          `    ${fd}  ${kind === "unknown" ? "stream" : kind}${path === null ? "" : ` ${path}`}${offset === null ? "" : ` at ${offset}`}`,
      ),
    ]),
  ];
}

function linesOfLog({ directory, records, logBytes, images, imageBytes }: KeptLog): string[] {
  const count = records === null ? "cannot be read" : `${records.end - records.first} records`;
  return [
    `  data      ${directory}`,
    `  log       ${count}, ${sizeOf(logBytes)} of files`,
    `  images    ${images === 0 ? "none" : `${images}, ${sizeOf(imageBytes)}`}`,
  ];
}
