// The locks of a program that the system runs: on its name and, of a durable one, on its data directory. The
// system's process has them, and its cells none.
import {
  makePrivate,
  OwnedError,
  type OwnerLock,
  placeOf,
  takeOwnership,
} from "../server/session/index.ts";
import { dataOf, type ProgramEntry } from "./program-entry.ts";
import { SystemError } from "./system-request.ts";

/** Throws a `SystemError` that names who has one of them. */
export function takeLocks(entry: ProgramEntry): OwnerLock {
  const { name, env } = entry;
  const data = dataOf(entry);
  const directories = [placeOf(name, env).directory, ...(data === undefined ? [] : [data])];
  const locks: OwnerLock[] = [];
  const release = (): void => {
    for (const lock of locks) lock.release();
  };
  try {
    for (const directory of directories) {
      makePrivate(directory);
      locks.push(takeOwnership(directory));
    }
    return { release };
  } catch (error) {
    release();
    throw error instanceof OwnedError ? ownedBy(name, error) : error;
  }
}

function ownedBy(name: string, error: OwnedError): SystemError {
  const who = error.owner === undefined ? "another process" : `process ${error.owner.pid}`;
  return new SystemError(
    `${name} is run by ${who}, which is not of this system: end that first, or give another --name`,
    { cause: error },
  );
}
