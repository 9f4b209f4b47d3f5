// Where a server of a name is found: a directory of this user alone, in the runtime directory or, where
// there is none, beside its data. It holds the socket and says who owns it.
import { lstatSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** What a name may be: it is a part of paths. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Linux takes 107 bytes and a zero as the path of a socket. */
const socketPathBytesMax = 107;

/** A name or a directory that cannot be used; the message says what to do. */
export class PlaceError extends Error {
  override readonly name = "PlaceError";
}

export interface NamePlace {
  readonly serverName: string;
  /** Of this user alone. */
  readonly directory: string;
  readonly socketPath: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Where the server of a name is, whether it exists or not. */
export function placeOf(serverName: string, env: Variables = process.env): NamePlace {
  if (!namePattern.test(serverName)) {
    throw new PlaceError(
      `"${serverName}" is no name for a server: letters, digits, ".", "_" and "-", at most 64, ` +
        "and a letter or digit first",
    );
  }
  const runtime = env["XDG_RUNTIME_DIR"];
  const directory =
    runtime === undefined || runtime === ""
      ? join(dataDirectoryOf(serverName, env), "run")
      : join(runtime, "shoal", serverName);
  const socketPath = join(directory, "socket");
  if (Buffer.byteLength(socketPath) > socketPathBytesMax) {
    throw new PlaceError(
      `the path ${socketPath} is too long for a socket: set XDG_RUNTIME_DIR to a shorter directory`,
    );
  }
  return { serverName, directory, socketPath };
}

/** Where a server keeps what outlives it, unless it is told otherwise. */
export function dataDirectoryOf(serverName: string, env: Variables = process.env): string {
  const data =
    env["XDG_DATA_HOME"] ||
    join(env["HOME"] || process.getBuiltinModule("node:os").homedir(), ".local", "share");
  return resolve(data, "shoal", serverName);
}

/** Makes a directory that only this user can look into, or makes sure that it is one. */
export function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(directory);
  if (!lstatSync(directory).isDirectory()) {
    throw new PlaceError(`${directory} is no directory: move it out of the way`);
  }
  const self = process.getuid?.();
  if (self !== undefined && uid !== self) {
    throw new PlaceError(`${directory} belongs to another user (${uid}): give another directory`);
  }
  if (self !== undefined && (mode & 0o077) !== 0) {
    throw new PlaceError(`${directory} is open to other users: close it with chmod 700`);
  }
}
