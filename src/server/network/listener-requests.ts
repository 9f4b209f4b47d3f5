// Accepting connections: the next one that waits at a listener becomes a socket of the client that asks.
import { type Answer, Errno, FdFlag, type Later, type Message } from "../../userlib/index.ts";
import type { ServiceHost } from "../../userlib/index.ts";
import type { HostConnection } from "./network-device.ts";
import { connectionSocket, type ListenerSocket, type SocketHandles } from "./socket.ts";

export function accept(
  socket: ListenerSocket,
  client: SocketHandles,
  message: Message,
  host: ServiceHost,
): Answer | Later {
  const connection = socket.accepts.length > 0 ? undefined : next(socket);
  if (connection !== undefined) return accepted(client, connection);
  if ((message.words[1]! & FdFlag.nonblock) !== 0) return { label: Errno.again };
  const later = host.defer();
  socket.accepts.push({ ticket: later.later, badge: message.badge });
  return later;
}

function next(socket: ListenerSocket): HostConnection | undefined {
  const { returned } = socket;
  socket.returned = undefined;
  return returned ?? socket.listener.accept();
}

function accepted(client: SocketHandles, connection: HostConnection): Answer {
  return { label: Errno.success, words: [client.add(connectionSocket(connection))] };
}

/** Answers the accepts that can be. A connection whose client has gone is kept for the next one. */
export function retryAccepts(
  socket: ListenerSocket,
  clientOf: (badge: number) => SocketHandles | undefined,
  host: ServiceHost,
): void {
  while (socket.accepts.length > 0) {
    const connection = next(socket);
    if (connection === undefined) return;
    const { badge, ticket } = socket.accepts.shift()!;
    const client = clientOf(badge);
    const answer = client === undefined ? { label: Errno.badf } : accepted(client, connection);
    if (host.answer(ticket, answer) && client !== undefined) continue;
    if (answer.words !== undefined) client?.remove(answer.words[0]!);
    socket.returned = connection;
  }
}

/** Connections that an accept would find. */
export function acceptable({ listener, returned }: ListenerSocket): number {
  return listener.waiting() + (returned === undefined ? 0 : 1);
}
