// The gateway of a named server, put together: an endpoint of the program's own, on which it serves, a
// process of TypeScript that calls it for clients in other OS processes, and the socket by which they come.
import { InitialSlot, Kind, Right, Syscall } from "../../abi/index.ts";
import { createObject, createRootSpace, grant } from "../../kernel/index.ts";
import { ClientProcess, clientSlots, type ThreadParts } from "../../process/index.ts";
import {
  Gateway,
  type NamePlace,
  type ServerCalls,
  type SessionHistory,
  type SessionKeys,
  UnixListener,
} from "../../server/session/index.ts";
import type { System } from "../system.ts";
import { makeClientThread } from "./client-thread.ts";

/** The name under which the first program of a session serves others. */
export interface ServedName {
  /** Its directory is there, and owned by this process or by whoever started it. */
  readonly place: NamePlace;
  readonly keys: SessionKeys;
  /** Which start of the server this is: clients leave one for a later one, and never go back. */
  readonly epoch: number;
  /** Of a durable server: what it has heard. */
  readonly history?: SessionHistory | undefined;
  /** When the history can be asked and calls may come; at once unless given. */
  readonly whenLive?: Promise<void> | undefined;
  /** Of a durable server: whether a newer process has taken its log over. */
  readonly isTakenOver?: (() => boolean) | undefined;
  /** The socket is open. */
  readonly onOpen?: (() => void) | undefined;
  /** The socket cannot be opened. */
  readonly onError: (error: unknown) => void;
  /** Requests that are open, and all that were answered, whenever that has changed. */
  readonly onProgress?: ((open: number, answered: number) => void) | undefined;
}

/** A gateway that runs. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly listener: UnixListener;
  /** The server has ended: tells every client. */
  close(): Promise<void>;
}

/** Lets the program of a space serve under a name. Its slot `served` is filled before it runs. */
export function startGateway(system: System, space: number, served: ServedName): RunningGateway {
  return openGateway(system, giveServed(system, space), served);
}

/** Lets whoever serves at an endpoint serve under a name. */
export function openGateway(system: System, endpoint: number, served: ServedName): RunningGateway {
  const { keys, epoch, history, isTakenOver, onProgress, place } = served;
  const calls = callsThrough(startClients(system, endpoint));
  const gateway = new Gateway({ calls, keys, epoch, history, isTakenOver, onProgress });
  const listener = new UnixListener({ path: place.socketPath, gateway });
  let isOver = false;
  const open = async (): Promise<void> => {
    await served.whenLive;
    if (isOver) return;
    if (served.isTakenOver?.() === true) {
      throw new Error(`${served.place.serverName}: another process has taken it over`);
    }
    await listener.open();
    served.onOpen?.();
  };
  open().catch(served.onError);
  return {
    gateway,
    listener,
    close: () => {
      isOver = true;
      return listener.close();
    },
  };
}

/** Fills the slot `served` of a space with an endpoint of its own; answers its row. */
export function giveServed({ core }: System, space: number): number {
  const endpoint = createObject(core.kernel, Kind.endpoint, space);
  grant(core.kernel, space, InitialSlot.served, { kind: Kind.endpoint, row: endpoint });
  return endpoint;
}

/** A process that may call an endpoint and nothing else. */
function startClients({ core }: System, endpoint: number): ClientProcess {
  const { kernel, memories } = core;
  const space = createRootSpace(kernel);
  const rights = Right.send | Right.derive;
  grant(kernel, space, clientSlots.endpoint, { kind: Kind.endpoint, row: endpoint, rights });
  const makeThread = (slot: number): ThreadParts => makeClientThread(core, space, slot);
  return new ClientProcess({ core, memories, space, makeThread });
}

/** Kernel calls with a capability of its own for each badge. */
function callsThrough(clients: ClientProcess): ServerCalls {
  const freeSlots: number[] = [];
  let nextSlot: number = clientSlots.firstFree;
  return {
    open(badge) {
      const slot = freeSlots.pop() ?? nextSlot++;
      clients.make(Syscall.capabilityMint, [clientSlots.endpoint, slot, Right.send, badge]);
      return slot;
    },
    call: (slot, { over, ...message }) => clients.call(slot, message, over),
    close(slot) {
      clients.make(Syscall.capabilityDelete, [slot], { over: () => freeSlots.push(slot) });
    },
  };
}
