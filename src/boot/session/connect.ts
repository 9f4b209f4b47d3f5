// Connections to named servers in other OS processes, as services of a session: each program finds the
// first in slot `connected`, the next after it.
import { InitialSlot } from "../../abi/index.ts";
import {
  ConnectService,
  dialUnix,
  keptSessionFile,
  type NamePlace,
} from "../../server/session/index.ts";

/** A named server that programs are to call. */
export interface ConnectionOptions {
  readonly place: NamePlace;
  /** How long a call waits for a server that cannot be reached before it fails. */
  readonly timeoutMs: number;
  /** Of a durable program: where its session is kept, and how many of its calls were answered. */
  readonly durable?: { readonly directory: string; readonly answered: () => number } | undefined;
  /** A call failed; why, for people. */
  readonly onFailure?: ((name: string, reason: string) => void) | undefined;
}

/** Where a program finds the first of them. */
export const firstConnectedSlot = InitialSlot.connected;

/** Servers of other processes that a program can have. */
export const connectionsMax = InitialSlot.firstFiles - InitialSlot.connected;

/** Only the first program of a session can be durable. */
const durableBadge = 1;

export function connectTo({ place, durable, ...options }: ConnectionOptions): ConnectService {
  const { serverName, socketPath } = place;
  const keep = durable && {
    badge: durableBadge,
    store: keptSessionFile(durable.directory, serverName),
    answered: durable.answered,
  };
  return new ConnectService({
    name: serverName,
    dial: (events) => dialUnix(socketPath, events),
    keep,
    ...options,
  });
}
