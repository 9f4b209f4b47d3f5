// How commands get at the background system: where it is, how it is started, and what is said when it is not
// there or says no.
import {
  askSystem,
  EntryError,
  ensureSystem,
  PlaceError,
  type StartedSystem,
  type SystemAnswers,
  SystemDownError,
  SystemError,
  type SystemPlace,
  systemPlaceOf,
  type SystemRequest,
} from "../../system/index.ts";
import { ExitCode } from "../exit-code.ts";
import { fail } from "../message.ts";

/** Of commands that can say their answer to a program. */
export interface JsonOption {
  readonly json?: boolean | undefined;
}

/** Node and this script, as the system starts its cells. */
export function ownCommand(): [string, ...string[]] {
  return [process.execPath, ...process.execArgv, process.argv[1]!];
}

/** Asks the system of this user; ends the command if there is none, or if it refuses. */
export function ask<Ask extends keyof SystemAnswers>(
  request: SystemRequest & { readonly ask: Ask },
): Promise<SystemAnswers[Ask]> {
  return orFail(() => askSystem<Ask>(placeOrFail(), request));
}

/** Where the system of this user is. */
export function placeOrFail(): SystemPlace {
  try {
    return systemPlaceOf();
  } catch (error) {
    if (!(error instanceof PlaceError)) throw error;
    return fail(error.message, ExitCode.usage);
  }
}

/** Starts the system if it is not there; ends the command if it does not come up. */
export function upOrFail(): Promise<StartedSystem> {
  return orFail(() => ensureSystem(placeOrFail(), ownCommand()));
}

export async function orFail<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SystemDownError) return fail(error.message, ExitCode.notFound);
    if (error instanceof SystemError) return fail(error.message, error.code ?? ExitCode.cannotRun);
    if (error instanceof PlaceError) return fail(error.message, ExitCode.usage);
    if (error instanceof EntryError) return fail(error.message, ExitCode.cannotRun);
    throw error;
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
