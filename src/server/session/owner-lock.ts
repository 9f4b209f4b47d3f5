// One owner per directory. The lock is the system's, on an open file, so it ends with its owner whatever
// ended that; the file says who it is, for people. Where the system's lock cannot be had, the file alone
// decides: it names a process and when that was started, and a process that is gone owns nothing.
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { loadQuietly } from "../node/index.ts";

export interface Owner {
  readonly pid: number;
  /** When the process was started, in the system's ticks since it was; tells it from a later one. */
  readonly started: string;
}

export class OwnedError extends Error {
  override readonly name = "OwnedError";
  readonly owner: Owner | undefined;

  constructor(directory: string, owner: Owner | undefined) {
    const who = owner === undefined ? "another process" : `process ${owner.pid}`;
    super(`${directory} is in use by ${who}`);
    this.owner = owner;
  }
}

/** The lock of a directory. It holds until `release`, or the end of this process. */
export interface OwnerLock {
  release(): void;
}

const fileName = "owner";
const lockExclusive = 2;
const lockNotBlocking = 4;

/** Takes a directory, or throws an `OwnedError`. It never waits. */
export function takeOwnership(directory: string): OwnerLock {
  // Node's "a+" makes it if need be and changes nothing.
  const fd = openSync(join(directory, fileName), "a+", 0o600);
  const lock = systemLock();
  const isTaken = lock === undefined ? ownerOf(directory) !== undefined : !lock(fd);
  if (isTaken) {
    closeSync(fd);
    throw new OwnedError(directory, ownerOf(directory));
  }
  ftruncateSync(fd);
  writeSync(fd, `${process.pid} ${processStartOf(process.pid) ?? ""}\n`);
  return {
    release() {
      ftruncateSync(fd);
      closeSync(fd);
    },
  };
}

/** The living process that a directory says is its owner. */
export function ownerOf(directory: string): Owner | undefined {
  const owner = readOwner(directory);
  return owner !== undefined && processStartOf(owner.pid) === owner.started ? owner : undefined;
}

/** The process that was written down last, alive or not. */
export function readOwner(directory: string): Owner | undefined {
  try {
    const [pid, started = ""] = readFileSync(join(directory, fileName), "utf8").trim().split(" ");
    const number = Number(pid);
    return Number.isSafeInteger(number) && number > 0 ? { pid: number, started } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a process was started; undefined if it is not there or has ended and was only not asked for its exit
 * code yet, "" if that it is there is all that can be known.
 */
export function processStartOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may have anything in it; after it come field 3, the state, and so on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : (fields[22 - 3] ?? "");
  } catch {
    return process.platform === "linux" ? undefined : startElsewhere(pid);
  }
}

function startElsewhere(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return "";
  } catch {
    return undefined;
  }
}

/** Locks an open file for this process, without waiting. False: somebody else has it. */
function systemLock(): ((fd: number) => boolean) | undefined {
  const ffi = process.platform === "win32" ? undefined : loadQuietly();
  if (ffi === undefined) return undefined;
  const { lib, functions } = ffi.dlopen(null, {
    flock: { arguments: ["i32", "i32"], return: "i32" },
  });
  return (fd) => {
    void lib;
    return functions.flock(fd, lockExclusive | lockNotBlocking) === 0;
  };
}
