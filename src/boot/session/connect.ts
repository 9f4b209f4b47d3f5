// Connections to named servers in other OS processes, as services of a session: each program finds the
// first in slot `connected`, the next after it.
import { InitialSlot } from "../../abi/index.ts";
import {
  ConnectService,
  type Dialer,
  dialUnix,
  keptSessionFile,
  type KeptSessionStore,
  type NamePlace,
} from "../../server/session/index.ts";

/** Of a durable program: where its session is kept, and how many of its calls were answered. */
export interface DurableConnection {
  readonly directory: string;
  readonly answered: () => number;
  /** A newer process has the program and its session, and nothing that is kept is this one's to change. */
  readonly isTakenOver?: (() => boolean) | undefined;
}

/** A named server that programs are to call. */
export interface ConnectionOptions {
  readonly place: NamePlace;
  /** How long a call waits for a server that cannot be reached before it fails. */
  readonly timeoutMs: number;
  /** How long an answer may take before it is looked whether a newer process serves the name. */
  readonly probeMs?: number | undefined;
  readonly durable?: DurableConnection | undefined;
  /** An attempt to connect came to nothing; there will be others. */
  readonly onUnreachable?: (() => void) | undefined;
  /** A call failed; why, for people. */
  readonly onFailure?: ((name: string, reason: string) => void) | undefined;
}

/** Where a program finds the first of them. */
export const firstConnectedSlot = InitialSlot.connected;

/** Servers of other processes that a program can have. */
export const connectionsMax = InitialSlot.firstFiles - InitialSlot.connected;

/** Only the first program of a session can be durable. */
const durableBadge = 1;

export function connectTo(given: ConnectionOptions): ConnectService {
  const { place, durable, onUnreachable, ...options } = given;
  const { serverName, socketPath } = place;
  const keep = durable && {
    badge: durableBadge,
    store: storeOf(durable, serverName),
    answered: durable.answered,
  };
  return new ConnectService({
    name: serverName,
    dial: dialTo(socketPath, onUnreachable),
    keep,
    ...options,
  });
}

function dialTo(socketPath: string, onUnreachable: (() => void) | undefined): Dialer {
  return (events) => {
    let isOpened = false;
    return dialUnix(socketPath, {
      ...events,
      onOpen() {
        isOpened = true;
        events.onOpen();
      },
      onClose() {
        if (!isOpened) onUnreachable?.();
        events.onClose();
      },
    });
  };
}

function storeOf({ directory, isTakenOver }: DurableConnection, name: string): KeptSessionStore {
  const file = keptSessionFile(directory, name);
  const isOwn = (): boolean => isTakenOver?.() !== true;
  return {
    read: () => file.read(),
    write: (session) => void (isOwn() && file.write(session)),
    remove: () => void (isOwn() && file.remove()),
  };
}
