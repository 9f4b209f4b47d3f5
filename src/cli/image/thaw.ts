// `shoal thaw`: a session goes on from an image, with the standard streams of this command.
import { statSync } from "node:fs";
import {
  type CaptureOptions,
  type FrozenService,
  LinkError,
  type NamePlace,
  NodeConsole,
  type ProgramEnd,
  readImageFile,
  readServiceFile,
  type SessionContent,
  SessionContentError,
  sessionOf,
  thawSession,
} from "../../boot/index.ts";
import { captureOptionsOf, isRefusal } from "../run/capture.ts";
import { ExitCode } from "../exit-code.ts";
import { tellFaults, tellServiceFault } from "../run/fault-report.ts";
import { fail, traceLine } from "../message.ts";
import { servedName, takeName } from "../name.ts";
import { progressTeller } from "./progress.ts";

export interface ThawCommandOptions {
  readonly name?: string | undefined;
  readonly trace?: "calls" | undefined;
  readonly freezeAfterCalls?: number | undefined;
  readonly freezeTo?: string | undefined;
}

/** The service in an image file; undefined if it is an image of something else. */
export function frozenServiceIn(file: string): FrozenService | undefined {
  try {
    return readServiceFile(file);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return fail(error.message, ExitCode.cannotRun);
  }
}

export async function thaw(file: string, options: ThawCommandOptions): Promise<void> {
  const content = read(file);
  checkDirectories(file, content);
  const console = new NodeConsole();
  const place = options.name === undefined ? undefined : takeName(options.name);
  const isServer = content.programs.some((program) => program.isServer);
  process.once("beforeExit", () => tellDeadlock(file, isServer && place === undefined));
  const ends = await goOn(file, content, {
    console,
    trace: options.trace === undefined ? undefined : traceLine,
    onServiceFault: tellServiceFault,
    serve: place === undefined || !isServer ? undefined : servedName(place, 1),
    capture: captureOf(content, options, place, () => console.drained()),
  });
  const first = content.programs.filter(({ isFirst }) => isFirst);
  const files = ends.map((_, i) => first[i]?.args[0] ?? file);
  await tellFaults(ends, files);
  process.exit(exitCodeOf(ends.at(-1)));
}

/** Nothing is due and nothing can come from outside, and still there are programs. */
function tellDeadlock(file: string, isUnnamed: boolean): never {
  const why = isUnnamed
    ? "it serves others, and has no name by which they could call it: give it one with --name"
    : "every program of it waits for another one";
  return fail(`${file} never ends: ${why}`, ExitCode.fault);
}

function read(file: string): SessionContent {
  try {
    return sessionOf(readImageFile(file, progressTeller(`reading ${file}`)));
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof SessionContentError)) throw error;
    return fail(error.message, ExitCode.cannotRun);
  }
}

/** What was granted has to be there before anything is made of it. */
function checkDirectories(file: string, { grants }: SessionContent): void {
  for (const { guest, host } of grants) {
    if (host === undefined || statSync(host, { throwIfNoEntry: false })?.isDirectory()) continue;
    fail(
      `${file} cannot go on: the directory "${host}", which was granted as "${guest}", is not there`,
      ExitCode.cannotRun,
    );
  }
}

async function goOn(
  file: string,
  content: SessionContent,
  options: Parameters<typeof thawSession>[1],
): Promise<readonly ProgramEnd[]> {
  try {
    return await thawSession(content, options);
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof LinkError)) throw error;
    return fail(`${file} cannot go on: ${error.message}`, ExitCode.cannotRun);
  }
}

/** A session that was thawed can be frozen again. */
function captureOf(
  { preparation, model, fuelSlice, grants }: SessionContent,
  { freezeAfterCalls, freezeTo }: ThawCommandOptions,
  place: NamePlace | undefined,
  drained: () => Promise<void>,
): CaptureOptions | undefined {
  const level = preparation.fuel ? "preempt" : "checkpoint";
  const run = { level, model, fuelSlice: fuelSlice ?? undefined, listen: [], connect: [] } as const;
  const memoryMax = preparation.memoryMaxBytes ?? undefined;
  return captureOptionsOf(
    { ...run, memoryMax, freezeAfterCalls, freezeTo },
    grants,
    place,
    drained,
  );
}

function exitCodeOf(end: ProgramEnd | undefined): number {
  if (end?.fault !== undefined) return ExitCode.fault;
  return end?.code ?? ExitCode.ok;
}
