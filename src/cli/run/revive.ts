// A client waits for a server that is not there. If that is a program of the background system, and no system
// is up, then one is started: it brings the server back.
import { existsSync } from "node:fs";
import { ownerOf } from "../../boot/index.ts";
import { ensureSystem, type ProgramEntry, readEntry, systemPlaceOf } from "../../system/index.ts";
import { ownCommand } from "../system/system-access.ts";

/** Whether the system of this user is to run a program of that name; it may be down. */
export function isOfSystem(name: string): boolean {
  return entryOf(name)?.isWanted === true;
}

/** Whether it has such a program, running or not. */
export function isKnownToSystem(name: string): boolean {
  return entryOf(name) !== undefined;
}

function entryOf(name: string): ProgramEntry | undefined {
  try {
    return readEntry(systemPlaceOf(), name);
  } catch {
    // Whoever waits for it is told when it does not come.
    return undefined;
  }
}

/** Whether somebody has ended the system on purpose: then only somebody starts it again. */
export function isLaidDown(): boolean {
  return existsSync(systemPlaceOf().downPath);
}

/**
 * Starts the system if one of these names is its, and it was killed. If it does not come up there are other
 * attempts for as long as the client waits, and the reason is in its log.
 */
export async function reviveFor(names: readonly string[]): Promise<void> {
  if (!names.some(isToRevive)) return;
  await ensureSystem(systemPlaceOf(), ownCommand()).catch(() => undefined);
}

/** What to do each time that a server cannot be reached. */
export function reviver(name: string): () => void {
  let isStarting = false;
  return () => {
    if (isStarting || !isToRevive(name)) return;
    isStarting = true;
    // One that ends while it comes up, too, is followed by another attempt.
    ensureSystem(systemPlaceOf(), ownCommand())
      .catch(() => undefined)
      .finally(() => (isStarting = false));
  };
}

function isToRevive(name: string): boolean {
  return isOfSystem(name) && ownerOf(systemPlaceOf().directory) === undefined && !isLaidDown();
}
