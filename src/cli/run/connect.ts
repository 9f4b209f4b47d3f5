// `--connect`: the servers in other OS processes that a program may call. A server that nobody runs is a
// mistake of the command line; one that is just being started again is waited for.
import {
  connectionsMax,
  firstConnectedSlot,
  connectTo,
  type NamePlace,
  ownerOf,
  PlaceError,
  placeOf,
  readOwner,
} from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { fail, say } from "../message.ts";
import { isKnownToSystem, isLaidDown, isOfSystem, reviver } from "./revive.ts";

/** Seconds for which a call waits for a server that cannot be reached. */
export const defaultConnectTimeout = 30;

type Connections = ReturnType<typeof connectTo>[];

/** Of a durable program, or of several that are joined. */
export interface KeptCalls {
  /** Where their sessions are kept. */
  readonly directory: string;
  /** By program, how many calls of a slot were answered. */
  readonly answered: readonly ((slot: number) => number)[];
  /** Whether another process has its log now: then the sessions are that one's. */
  readonly isTakenOver: (() => boolean) | undefined;
}

export function openConnections(
  names: readonly string[],
  timeoutSeconds: number,
  kept?: KeptCalls,
): Connections {
  if (names.length > connectionsMax) {
    fail(`--connect can be given ${connectionsMax} times at most`, ExitCode.usage);
  }
  return names.map((name, i) =>
    connectTo({
      // Of a program that is brought up again the server may be just that, too.
      place: kept === undefined ? foundPlace(name) : placed(name),
      durable: kept && {
        directory: kept.directory,
        answered: kept.answered.map((answered) => () => answered(firstConnectedSlot + i)),
        isTakenOver: kept.isTakenOver,
      },
      timeoutMs: timeoutSeconds * 1000,
      onUnreachable: reviver(name),
      onFailure: (server, reason) => say(`${server}: ${reason}`),
    }),
  );
}

/** The place of a name that somebody serves. */
function foundPlace(name: string): NamePlace {
  const place = placed(name);
  if (ownerOf(place.directory) !== undefined) return place;
  if (isOfSystem(name)) {
    if (!isLaidDown()) return place;
    fail(
      `--connect ${name}: ${name} is run by the background system, which was ended with shoal down: ` +
        "shoal up starts both",
      ExitCode.notFound,
    );
  }
  const known = isKnownToSystem(name);
  if (known) fail(`--connect ${name}: ${name} is stopped: shoal start ${name}`, ExitCode.notFound);
  const last = readOwner(place.directory);
  const what =
    last === undefined
      ? `there is no server named ${name}`
      : `the server named ${name}, process ${last.pid}, is gone`;
  return fail(
    `--connect ${name}: ${what}; start it with shoal run --name ${name} SERVER.wasm`,
    ExitCode.notFound,
  );
}

function placed(name: string): NamePlace {
  try {
    return placeOf(name);
  } catch (error) {
    if (!(error instanceof PlaceError)) throw error;
    return fail(`--connect ${name}: ${error.message}`, ExitCode.usage);
  }
}
