// Where the background system of a data directory keeps what is its own: beside the servers' directories,
// under a name that no server can have.
import { join } from "node:path";
import { dataDirectoryOf, PlaceError } from "../server/session/index.ts";

export interface SystemPlace {
  /** Of this user alone; whoever owns it is the system. */
  readonly directory: string;
  readonly socketPath: string;
  /** What the system itself says. */
  readonly logPath: string;
  /** Is there after `shoal down`, until somebody says `shoal up`: clients do not start it by need. */
  readonly downPath: string;
  /** A directory for each program. */
  readonly programs: string;
}

/** Linux takes 107 bytes and a zero as the path of a socket. */
const socketPathBytesMax = 107;

export function systemPlaceOf(
  env: Readonly<Record<string, string | undefined>> = process.env,
): SystemPlace {
  const directory = dataDirectoryOf(".system", env);
  const socketPath = join(directory, "socket");
  if (Buffer.byteLength(socketPath) > socketPathBytesMax) {
    throw new PlaceError(
      `the path ${socketPath} is too long for a socket: set XDG_DATA_HOME to a shorter directory`,
    );
  }
  return {
    directory,
    socketPath,
    logPath: join(directory, "log"),
    downPath: join(directory, "down"),
    programs: join(directory, "programs"),
  };
}

/** What is kept of a program: its entry, what it wrote, which process it has. */
export function programDirectoryOf({ programs }: SystemPlace, programName: string): string {
  return join(programs, programName);
}
