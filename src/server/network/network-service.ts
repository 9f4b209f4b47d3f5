// The network server: it owns TCP sockets, and what its clients do with them are messages. Handles from 0
// on are the listeners that were granted, the same for every client; connections are handles of the
// client that accepted them. Nobody else has any, and there is no message that makes a socket of
// nothing: what was not granted cannot be reached.
import {
  type Answer,
  Ask,
  Errno,
  filestatBytes,
  FilestatOffset,
  Filetype,
  Interest,
  type Later,
  type Message,
  notReady,
  readiness,
  ReadyList,
  type Service,
  type ServiceHost,
} from "../../userlib/index.ts";
import { receive, retryReceives, retrySends, send } from "./connection-requests.ts";
import { accept, acceptable, retryAccepts } from "./listener-requests.ts";
import { Direction, type NetworkDevice, wouldBlock } from "./network-device.ts";
import {
  closeSocket,
  type ConnectionSocket,
  listenerSocket,
  type Socket,
  SocketHandles,
  takeWaiting,
  tellWatchers,
  waitingAt,
} from "./socket.ts";
import { WatchLists } from "./watch-list.ts";

/** What can be given away is bounded; connections themselves are by the device. */
const clientCountMax = 1024;
const handleCountMax = 65_536;

const done: Answer = { label: Errno.success };

export class NetworkService implements Service {
  readonly name = "network";
  readonly #clients = new Map<number, SocketHandles>();
  /** Sockets at which requests wait. */
  readonly #waiting = new Set<Socket>();
  readonly #polls = new ReadyList((badge, handle, interest) =>
    readinessOf(this.#socketOf(badge, handle), interest),
  );
  readonly #watches = new WatchLists((badge, handle) => this.#socketOf(badge, handle), readinessOf);
  #isSignalled = false;

  /** `badges` are those of the clients there will be: each may use every listener of the device. */
  constructor(device: NetworkDevice, badges: readonly number[]) {
    const listeners = device.listeners.map(listenerSocket);
    for (const badge of badges) {
      const client = new SocketHandles();
      for (const socket of listeners) client.add(socket);
      this.#clients.set(badge, client);
    }
  }

  /** What is open and what waits: for tests of what is left behind. */
  counts(): { readonly handles: number; readonly waiting: number } {
    let handles = 0;
    for (const client of this.#clients.values()) handles += client.count;
    const waiting = this.#waiting.size + this.#polls.count + this.#watches.waiting;
    return { handles, waiting };
  }

  /** Lists of sockets that are kept for threads that poll: until they poll others, or are gone. */
  get listCount(): number {
    return this.#watches.count;
  }

  /** The device may do more than before. True if the service is to be signalled for it. */
  needsSignal(): boolean {
    const isWaitedFor =
      this.#waiting.size > 0 || this.#polls.count > 0 || this.#watches.waiting > 0;
    if (!isWaitedFor || this.#isSignalled) return false;
    this.#isSignalled = true;
    return true;
  }

  handle(message: Message, host: ServiceHost): Answer | Later {
    if (message.label === Ask.ready) return this.#polls.ask(message, host);
    if (message.label === Ask.watched) return this.#watches.ask(message, host);
    if (message.label === Ask.watch) return this.#watches.tell(message, host);
    const client = this.#clients.get(message.badge);
    const socket = client?.get(message.words[0]!);
    if (client === undefined || socket === undefined) return { label: Errno.badf };
    const answer =
      socket.kind === "connection"
        ? this.#ofConnection(socket, message, host)
        : message.label === Ask.accept
          ? accept(socket, client, message, host)
          : undefined;
    if (answer === undefined) return this.#ofEither(socket, client, message, host);
    if ("later" in answer) this.#waiting.add(socket);
    return answer;
  }

  onSignal(_bits: number, host: ServiceHost): void {
    this.#isSignalled = false;
    for (const socket of this.#waiting) this.#retry(socket, host);
    this.#retryPolls(host);
  }

  #retryPolls(host: ServiceHost): void {
    this.#polls.retry(host);
    this.#watches.retry(host);
  }

  onClientGone(badge: number, host: ServiceHost): void {
    const client = this.#clients.get(badge);
    if (client === undefined) return;
    this.#polls.forget(badge, host);
    this.#watches.forget(badge, host);
    for (const socket of this.#waiting) {
      // An answer that nobody takes frees what was kept to give it.
      for (const { ticket } of takeWaiting(socket, badge)) host.answer(ticket, done);
    }
    for (const handle of client.handles()) this.#close(client, handle, host);
    this.#clients.delete(badge);
  }

  #retry(socket: Socket, host: ServiceHost): void {
    if (socket.kind === "connection") {
      retrySends(socket, host);
      retryReceives(socket, host);
    } else retryAccepts(socket, (badge) => this.#clients.get(badge), host);
    // A read that took nothing after all, or an accept for nobody, leaves something for others.
    tellWatchers(socket);
    if (waitingAt(socket) === 0) this.#waiting.delete(socket);
  }

  #ofConnection(
    socket: ConnectionSocket,
    message: Message,
    host: ServiceHost,
  ): Answer | Later | undefined {
    switch (message.label) {
      case Ask.read:
        return receive(socket, message, host);
      case Ask.write:
        return send(socket, message, host);
      case Ask.shutdown:
        return this.#shutdown(socket, message.words[1]!);
      case Ask.accept:
        return { label: Errno.inval };
      default:
        return undefined;
    }
  }

  #ofEither(socket: Socket, client: SocketHandles, message: Message, host: ServiceHost): Answer {
    switch (message.label) {
      case Ask.close:
        this.#close(client, message.words[0]!, host);
        return done;
      case Ask.give:
        return this.#give(socket, message.words[1] === 0 ? message.badge : message.words[1]!);
      case Ask.stat:
        return stat(host);
      case Ask.read:
      case Ask.write:
      case Ask.shutdown:
        return { label: Errno.notconn };
      case Ask.sync:
      case Ask.setTimes:
      case Ask.setSize:
        return { label: Errno.inval };
      default:
        return { label: Errno.spipe };
    }
  }

  /** What the host has taken is sent before the end is; a write that still waits finds the end. */
  #shutdown(socket: ConnectionSocket, directions: number): Answer {
    const known = Direction.receive | Direction.send;
    if (directions === 0 || (directions & ~known) !== 0) return { label: Errno.inval };
    const errno = -socket.connection.shutdown(directions);
    tellWatchers(socket);
    return { label: errno };
  }

  #give(socket: Socket, badge: number): Answer {
    let client = this.#clients.get(badge);
    if (client === undefined) {
      if (this.#clients.size >= clientCountMax) return { label: Errno.nfile };
      this.#clients.set(badge, (client = new SocketHandles()));
    }
    if (client.count >= handleCountMax) return { label: Errno.mfile };
    return { label: Errno.success, words: [client.add(socket)] };
  }

  #close(client: SocketHandles, handle: number, host: ServiceHost): void {
    const socket = client.remove(handle);
    if (socket === undefined) return;
    tellWatchers(socket);
    if (socket.references > 0) return;
    closeSocket(socket, host);
    this.#waiting.delete(socket);
    // Whoever polls for it finds that it is gone.
    this.#retryPolls(host);
  }

  #socketOf(badge: number, handle: number): Socket | undefined {
    return this.#clients.get(badge)?.get(handle);
  }
}

/** What a client's handle is ready for; one that is gone is ready to be found so. */
function readinessOf(socket: Socket | undefined, interest: number): number {
  if (socket === undefined) return readiness(0, true);
  const isRead = (interest & Interest.read) !== 0;
  if (socket.kind === "listener") {
    const count = isRead ? acceptable(socket) : 0;
    return count > 0 ? readiness(count, false) : notReady;
  }
  const bytes = isRead ? socket.connection.available() : socket.connection.room();
  if (bytes === wouldBlock) return notReady;
  return readiness(Math.max(0, bytes), isRead ? bytes <= 0 : bytes < 0);
}

function stat(host: ServiceHost): Answer {
  const bytes = host.outbox.subarray(0, filestatBytes).fill(0);
  bytes[FilestatOffset.type] = Filetype.socketStream;
  bytes[FilestatOffset.links] = 1;
  return { label: Errno.success, words: [0], bytes };
}
