// `--name` and `--data`: the name under which a server is found, and the directories of it, taken for
// this process. Whoever else has them is named.
import { messageOf } from "../base/index.ts";
import {
  dataDirectoryOf,
  keyFile,
  makePrivate,
  type NamePlace,
  OwnedError,
  PlaceError,
  placeOf,
  type ServedName,
  SessionKeys,
  takeOwnership,
} from "../boot/index.ts";
import { ExitCode } from "./exit-code.ts";
import { fail } from "./message.ts";

export interface NameOptions {
  readonly name?: string | undefined;
  readonly data?: string | undefined;
}

/** The place of a name, made and taken. It is free again when this process ends. */
export function takeName(name: string): NamePlace {
  return orFail(`--name ${name}`, () => {
    const place = placeOf(name);
    makePrivate(place.directory);
    take(place.directory, (pid) => `a server named ${name} runs already, as process ${pid}`);
    return place;
  });
}

/** The data directory of a server, made and taken. */
export function takeData(name: string, data: string | undefined): string {
  return orFail(`--data ${data ?? ""}`, () => {
    const directory = data ?? dataDirectoryOf(name);
    makePrivate(directory);
    take(directory, (pid) => `${directory} is in use by process ${pid}`);
    return directory;
  });
}

/**
 * What the gateway of a named server needs. `data`: of a durable server, whose sessions outlive it; others
 * are forgotten with the process.
 */
export function servedName(place: NamePlace, epoch: number, data?: string): ServedName {
  const store = data === undefined ? undefined : keyFile(data);
  const keys = orFail(`--name ${place.serverName}`, () => new SessionKeys(store));
  return {
    place,
    keys,
    epoch,
    onError: (error) => fail(`--name ${place.serverName}: ${messageOf(error)}`, ExitCode.usage),
  };
}

function take(directory: string, told: (owner: string) => string): void {
  try {
    takeOwnership(directory);
  } catch (error) {
    if (!(error instanceof OwnedError)) throw error;
    const owner = error.owner?.pid.toString() ?? "(it does not say which)";
    fail(`${told(owner)}: end that first, or give another name or directory`, ExitCode.usage);
  }
}

/** What is wrong with a directory is a mistake of the command line. */
function orFail<T>(option: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof PlaceError) && !isSystemError(error)) throw error;
    return fail(`${option}: ${error.message}`, ExitCode.usage);
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && ("code" in error || error.name === "KeyFileError");
}
