// A server of a data directory once more in another: as it is now, or as it was before a record. The copy has
// clients of its own: those of the original are ahead of it, and it does not know them.
import * as fs from "node:fs";
import { join } from "node:path";
import { FileSegments } from "../../machine/node/index.ts";
import { LogRefusedError, openLog, openReadOnly } from "../../recovery/index.ts";
import { keyFile, makePrivate } from "../../server/session/index.ts";
import { logName } from "./durable-server.ts";

export interface ServerCopy {
  /** The records of the copy's log. */
  readonly first: number;
  readonly end: number;
}

/** A record that the log does not have, so that nothing can be put back to before it. */
export class NoSuchRecordError extends Error {
  override readonly name = "NoSuchRecordError";
}

/** What of a data directory makes the server; the rest belongs to who runs it, or to its clients. */
const copied = ["program.json", "program.wasm", "code", "images", "log"];

/** A server that is at work may cut its log while it is copied, and then it is copied once more. */
const attemptsMax = 5;

/**
 * Copies a server to a directory that is not there yet. `until`: only what it had heard before this record.
 *
 * @throws NoSuchRecordError or LogRefusedError, with nothing left of the copy
 */
export function copyServer(from: string, to: string, until = Infinity): ServerCopy {
  makePrivate(to);
  try {
    copyFiles(from, to);
    const copy = cutBack(to, until);
    renewSessions(from, to);
    return copy;
  } catch (error) {
    fs.rmSync(to, { recursive: true, force: true });
    throw error;
  }
}

function copyFiles(from: string, to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const part of copied) copyPart(join(from, part), join(to, part));
      readLog(to);
      return;
    } catch (error) {
      const isPassing = error instanceof LogRefusedError || isGone(error);
      if (!isPassing || attempt === attemptsMax) throw error;
    }
  }
}

function copyPart(from: string, to: string): void {
  fs.rmSync(to, { recursive: true, force: true });
  if (fs.existsSync(from)) fs.cpSync(from, to, { recursive: true });
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function readLog(directory: string) {
  const log = openReadOnly(new FileSegments({ directory: join(directory, "log") }), logName);
  if (log === undefined) throw new LogRefusedError(logName, "missing", "nothing is there");
  return log;
}

/** Takes the copy's log over without what came at `until` and later. */
function cutBack(directory: string, until: number): ServerCopy {
  const { first, end, epoch } = readLog(directory);
  if (until < first || (until > end && until !== Infinity)) {
    const cut = first === 0 ? "" : `: what came before record ${first} is only in its images`;
    throw new NoSuchRecordError(`its log has the records ${first} to ${end - 1}${cut}`);
  }
  const segments = new FileSegments({ directory: join(directory, "log") });
  const log = openLog({ segments, name: logName, epoch: epoch + 1, until });
  const copy = { first: log.first, end: log.end };
  log.close();
  // The next start of the copy has a higher number than this owner.
  const epochs = join(directory, "epochs");
  fs.mkdirSync(epochs, { mode: 0o700 });
  fs.writeFileSync(join(epochs, `${epoch + 1}`), "", { mode: 0o600 });
  return copy;
}

/** Another secret, so that nobody is known by it, and badges that none of the clients in the log has. */
function renewSessions(from: string, to: string): void {
  const known = keyFile(from).read();
  if (known === undefined) return;
  const { nextBadge } = known;
  keyFile(to).write({ secret: process.getBuiltinModule("node:crypto").randomBytes(32), nextBadge });
}
