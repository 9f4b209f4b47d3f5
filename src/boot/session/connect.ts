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

/** Of durable programs: where their sessions are kept, and how many calls of each were answered. */
export interface DurableConnection {
  readonly directory: string;
  /** By program, in the order in which they are joined. */
  readonly answered: readonly (() => number)[];
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

/** The badge of the first program of a session; those that are joined to it follow. */
const firstBadge = 1;

export function connectTo(given: ConnectionOptions): ConnectService {
  const { place, durable, onUnreachable, ...options } = given;
  const { serverName, socketPath } = place;
  const keeps = durable?.answered.map((answered, program) => ({
    badge: firstBadge + program,
    store: storeOf(durable, serverName, program),
    answered,
  }));
  return new ConnectService({
    name: serverName,
    dial: dialTo(socketPath, onUnreachable),
    keeps,
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

function storeOf(
  { directory, isTakenOver }: DurableConnection,
  name: string,
  program: number,
): KeptSessionStore {
  const file = keptSessionFile(directory, name, program);
  const isOwn = (): boolean => isTakenOver?.() !== true;
  return {
    read: () => file.read(),
    write: (session) => void (isOwn() && file.write(session)),
    remove: () => void (isOwn() && file.remove()),
  };
}
