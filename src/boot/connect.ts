// Connections to named servers in other OS processes, as services of a session: each program finds the
// first in slot `connected`, the next after it.
import { InitialSlot } from "../abi/index.ts";
import { ConnectService, dialUnix, type NamePlace } from "../server/session/index.ts";

/** A named server that programs are to call. */
export interface ConnectionOptions {
  readonly place: NamePlace;
  /** How long a call waits for a server that cannot be reached before it fails. */
  readonly timeoutMs: number;
  /** A call failed; why, for people. */
  readonly onFailure?: ((name: string, reason: string) => void) | undefined;
}

/** Servers of other processes that a program can have. */
export const connectionsMax = InitialSlot.firstFiles - InitialSlot.connected;

export function connectTo({ place, ...options }: ConnectionOptions): ConnectService {
  const { serverName, socketPath } = place;
  return new ConnectService({
    name: serverName,
    dial: (events) => dialUnix(socketPath, events),
    ...options,
  });
}
