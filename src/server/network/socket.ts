// What the network server has open: sockets, the handles under which its clients know them, and the
// requests that wait at each. A socket may have handles of several clients; it is closed with the last.
import { Errno, type ServiceHost } from "../../userlib/index.ts";
import type { HostConnection, HostListener } from "./network-device.ts";

export interface WaitingAccept {
  readonly ticket: number;
  readonly badge: number;
}

export interface WaitingReceive {
  readonly ticket: number;
  readonly badge: number;
  readonly bytesMax: number;
  /** The answer waits until this many bytes are there, or no more will come. */
  readonly bytesMin: number;
  readonly isPeek: boolean;
}

export interface WaitingSend {
  readonly ticket: number;
  readonly badge: number;
  /** What was left when the request began to wait, how much of that is written, and what was before. */
  readonly bytes: Uint8Array;
  done: number;
  readonly before: number;
}

/** Who wants to hear whenever a socket may have become ready, and what it is known by there. */
export interface Watcher {
  changed(index: number): void;
}

interface Watch {
  readonly watcher: Watcher;
  readonly index: number;
}

export interface ListenerSocket {
  readonly kind: "listener";
  readonly listener: HostListener;
  readonly accepts: WaitingAccept[];
  /** A connection that was accepted for somebody who had gone: the next accept takes it. */
  returned: HostConnection | undefined;
  references: number;
  watchers: Watch[];
}

export interface ConnectionSocket {
  readonly kind: "connection";
  readonly connection: HostConnection;
  readonly receives: WaitingReceive[];
  readonly sends: WaitingSend[];
  references: number;
  watchers: Watch[];
}

export type Socket = ListenerSocket | ConnectionSocket;

export function listenerSocket(listener: HostListener): ListenerSocket {
  const socket: ListenerSocket = {
    kind: "listener",
    listener,
    accepts: [],
    returned: undefined,
    references: 0,
    watchers: [],
  };
  listener.onChange = () => tellWatchers(socket);
  return socket;
}

export function connectionSocket(connection: HostConnection): ConnectionSocket {
  const socket: ConnectionSocket = {
    kind: "connection",
    connection,
    receives: [],
    sends: [],
    references: 0,
    watchers: [],
  };
  connection.onChange = () => tellWatchers(socket);
  return socket;
}

/** The socket may be ready for what it was not ready for before. */
export function tellWatchers({ watchers }: Socket): void {
  for (const { watcher, index } of watchers) watcher.changed(index);
}

/** How many requests wait at a socket. */
export function waitingAt(socket: Socket): number {
  if (socket.kind === "listener") return socket.accepts.length;
  return socket.receives.length + socket.sends.length;
}

/** Takes the requests that wait at a socket away, of one client or of all. */
export function takeWaiting(socket: Socket, badge?: number): { readonly ticket: number }[] {
  const queues: { readonly ticket: number; readonly badge: number }[][] =
    socket.kind === "listener" ? [socket.accepts] : [socket.receives, socket.sends];
  const taken: { readonly ticket: number }[] = [];
  for (const queue of queues) {
    for (let i = queue.length - 1; i >= 0; i--) {
      if (badge === undefined || queue[i]!.badge === badge) taken.unshift(...queue.splice(i, 1));
    }
  }
  return taken;
}

/** The handles of one client. */
export class SocketHandles {
  readonly #sockets: (Socket | undefined)[] = [];
  readonly #free: number[] = [];

  get(handle: number): Socket | undefined {
    return this.#sockets[handle];
  }

  add(socket: Socket): number {
    socket.references++;
    const handle = this.#free.pop() ?? this.#sockets.length;
    this.#sockets[handle] = socket;
    return handle;
  }

  /** Empties a handle; the socket that was there has one reference less. */
  remove(handle: number): Socket | undefined {
    const socket = this.#sockets[handle];
    if (socket === undefined) return undefined;
    this.#sockets[handle] = undefined;
    this.#free.push(handle);
    socket.references--;
    return socket;
  }

  get count(): number {
    return this.#sockets.length - this.#free.length;
  }

  /** The handles in use. */
  handles(): number[] {
    return this.#sockets.flatMap((socket, handle) => (socket === undefined ? [] : [handle]));
  }
}

/** Closes a socket that nobody refers to any more. Who still waits there is told that it is gone. */
export function closeSocket(socket: Socket, host: ServiceHost): void {
  for (const { ticket } of takeWaiting(socket)) host.answer(ticket, { label: Errno.badf });
  if (socket.kind === "connection") {
    socket.connection.close();
    return;
  }
  socket.returned?.close();
  socket.listener.close();
}
