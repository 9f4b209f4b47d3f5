// `shoal upgrade`: puts another program in the place of a durable server's. First it is rehearsed: brought up
// from the log, away from everybody, it must say in every call what the old one said. Only then is it
// switched; if it differs, nothing has changed. With --anew it is not asked, and begins at its start.
import { existsSync, readFileSync } from "node:fs";
import {
  beginAnew,
  checkDurable,
  forgetImages,
  InvalidModuleError,
  LinkError,
  ownerOf,
  prepareModule,
  type ProgramRecord,
  readProgram,
  replaceProgram,
  takeOwnership,
} from "../../boot/index.ts";
import { makeHoldDirectory, stopCell } from "../../supervisor/index.ts";
import { ExitCode } from "../exit-code.ts";
import { orFail } from "../durable/kept-program.ts";
import { type LogOptions, logOf, programsOf, replayOrFail } from "./log.ts";
import { errorCode, fail, say } from "../message.ts";
import { isService } from "./logged-service.ts";
import { type ServiceUpgradeOptions, upgradeService } from "./upgrade-service.ts";

export interface UpgradeOptions extends LogOptions, Partial<ServiceUpgradeOptions> {
  /** The new program is not rehearsed: what the old one has heard is set aside. */
  readonly anew?: boolean | undefined;
}

const orAnew =
  "say --anew, with which it begins with nothing but the files of its directories, and its clients are told";

/** How long calls of a service may stay open, unless said; seconds. */
const waitDefault = 10;

export async function upgrade(name: string, file: string, options: UpgradeOptions): Promise<void> {
  const { directory, log } = logOf(name, options);
  if (orFail(() => readProgram(directory)) === undefined) {
    fail(`${directory} has a log and no program`, ExitCode.cannotRun);
  }
  const { wait, endOpen, dropMethods } = options;
  if (isService(directory)) {
    if (options.anew === true) {
      fail("--anew is for programs: a service hands its state over", ExitCode.usage);
    }
    checkExists(file);
    await upgradeService({
      name,
      file,
      directory,
      log,
      wait: wait ?? waitDefault,
      endOpen,
      dropMethods,
    });
    return;
  }
  if (wait !== undefined || endOpen === true || dropMethods === true) {
    fail(
      "--wait, --end-open and --drop-methods are for services: a program is rehearsed call by call",
      ExitCode.usage,
    );
  }
  const code = read(file);
  const program = (options.program ?? 1) - 1;
  const replace = (): void => orFail(() => replaceProgram(directory, code, program));
  if (options.anew === true) {
    await checkRuns(file, code, orFail(() => readProgram(directory))!.record);
    const { when, done: before } = await whileHeld(name, directory, () =>
      beginAnew(directory, replace),
    );
    say(`${name} is ${file} ${when}, and begins anew; what it had heard is in ${before}`);
    return;
  }
  // Once while the old one runs, which takes as long as it takes.
  await rehearseOrFail(name, file, code, options);
  // And again with what came meanwhile, while nobody adds to it.
  const { when, done: records } = await whileHeld(name, directory, async () => {
    const count = await rehearseOrFail(name, file, code, options);
    // They hold the frames of the old program. Without them the new one is brought up from the whole log.
    forgetImages(directory, program);
    replace();
    return count;
  });
  say(`${name} is ${file} ${when}, which did the same in all ${records} records`);
}

/** Ends the command if a program could not be run as a durable one at all. */
async function checkRuns(
  file: string,
  code: Uint8Array,
  { fuel }: Pick<ProgramRecord, "fuel">,
): Promise<void> {
  try {
    checkDurable((await prepareModule(code, { fuel, capture: "unwind" })).facts);
  } catch (error) {
    if (!(error instanceof InvalidModuleError || error instanceof LinkError)) throw error;
    fail(`${file}: ${error.message}`, ExitCode.cannotRun);
  }
}

/** Does something while nobody runs the server; whoever did runs it again afterwards. */
async function whileHeld<T>(
  name: string,
  directory: string,
  act: () => T | Promise<T>,
): Promise<{ readonly when: string; readonly done: T }> {
  const supervisor = ownerOf(directory);
  const hold = takeOwnership(makeHoldDirectory(directory));
  if (supervisor !== undefined && !(await stopCell(directory, supervisor.pid))) {
    fail(
      `process ${supervisor.pid}, which runs ${name}, does not let go of it`,
      ExitCode.cannotRun,
    );
  }
  const done = await act();
  hold.release();
  return { when: supervisor === undefined ? "from its next start on" : "now", done };
}

/** Answers how many records there were. Ends the command if the program differs; the old one goes on. */
async function rehearseOrFail(
  name: string,
  file: string,
  code: Uint8Array,
  options: LogOptions,
): Promise<number> {
  const programs = programsOf(name, options);
  const at = (options.program ?? 1) - 1;
  const upgraded = programs[at];
  if (upgraded === undefined) {
    fail(`${name} has ${programs.length} programs, and none is number ${at + 1}`, ExitCode.usage);
  }
  if (upgraded.log.first > 0) {
    fail(
      `the log of ${name} begins at an image, from which only the program that it was made of can go on: it ` +
        `can be upgraded only while its log goes back to its start, which --keep-history keeps so; or ${orAnew}`,
      ExitCode.cannotRun,
    );
  }
  const rehearsed = programs.with(at, { ...upgraded, code });
  const { records, failure } = await replayOrFail(file, rehearsed, options);
  if (failure === undefined) return records;
  const why = failure instanceof Error ? failure.message : JSON.stringify(failure);
  return fail(
    `${name} is as it was, since ${file} would do otherwise: ${why}; to take it all the same, ${orAnew}`,
    ExitCode.cannotRun,
  );
}

function checkExists(file: string): void {
  if (!existsSync(file)) fail(`there is no file "${file}"`, ExitCode.notFound);
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") fail(`there is no file "${file}"`, ExitCode.notFound);
    throw error;
  }
}
