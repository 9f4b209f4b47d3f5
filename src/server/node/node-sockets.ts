// The TCP sockets of this process as a network device: listeners that were opened before any program
// runs, and the connections that come through them. The number of connections is bounded, whether they
// wait to be accepted, are in use or are still being sent; one too many is reset.
import type { AddressInfo, Server, Socket } from "node:net";
import type {
  HostConnection,
  HostListener,
  ListenAddress,
  NetworkDevice,
} from "../network/index.ts";
import { NodeConnection } from "./node-connection.ts";

export interface SocketLimits {
  readonly connections: number;
  /** Bytes kept for each connection, of what came and of what is to go. */
  readonly receiveBytes: number;
  readonly sendBytes: number;
}

export const defaultSocketLimits: SocketLimits = {
  connections: 4096,
  receiveBytes: 64 * 1024,
  sendBytes: 64 * 1024,
};

export class NodeListener implements HostListener {
  readonly #server: Server;
  readonly #queue: NodeConnection[] = [];
  onChange: (() => void) | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Where it listens; the port is the one that was chosen. */
  get address(): ListenAddress {
    // A server that listens on TCP has an address of this kind, and none other.
    const { address, port } = this.#server.address() as AddressInfo;
    return { host: address, port };
  }

  waiting(): number {
    return this.#queue.length;
  }

  accept(): HostConnection | undefined {
    return this.#queue.shift();
  }

  add(connection: NodeConnection): void {
    this.#queue.push(connection);
    this.onChange?.();
  }

  close(): void {
    if (this.#server.listening) this.#server.close();
    for (const connection of this.#queue.splice(0)) connection.reset();
  }
}

export class NodeNetwork implements NetworkDevice {
  readonly listeners: NodeListener[] = [];
  onReady: (() => void) | undefined;
  readonly #limits: SocketLimits;
  readonly #open = new Set<NodeConnection>();
  #whenEmpty: (() => void) | undefined;

  constructor(limits: SocketLimits = defaultSocketLimits) {
    this.#limits = limits;
  }

  /** Connections of which this process still holds the socket. */
  get connectionCount(): number {
    return this.#open.size;
  }

  /** Opens a listener. Fails with the system's error, such as `EADDRINUSE`. */
  listen({ host, port }: ListenAddress): Promise<NodeListener> {
    const { promise, resolve, reject } = Promise.withResolvers<NodeListener>();
    const { createServer } = process.getBuiltinModule("node:net");
    const server = createServer({
      allowHalfOpen: true,
      noDelay: true,
      highWaterMark: this.#limits.sendBytes,
    });
    const listener = new NodeListener(server);
    server.on("connection", (socket) => this.#connected(listener, socket));
    server.once("error", reject);
    server.listen({ host, port }, () => {
      // From here on what fails is an accept, which says nothing about the listener.
      server.off("error", reject).on("error", () => {});
      this.listeners.push(listener);
      resolve(listener);
    });
    return promise;
  }

  /** Lets go of everything, and ends when what was written is sent or its peer takes no more. */
  async close(): Promise<void> {
    this.onReady = undefined;
    for (const listener of this.listeners) listener.close();
    for (const connection of this.#open) connection.close();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
  }

  #connected(listener: NodeListener, socket: Socket): void {
    const { connections, receiveBytes } = this.#limits;
    if (this.#open.size >= connections || listener.waiting() >= connections) {
      socket.on("error", () => {});
      socket.resetAndDestroy();
      return;
    }
    const onReady = (): void => this.onReady?.();
    const connection = new NodeConnection({ socket, receiveBytesMax: receiveBytes, onReady });
    this.#open.add(connection);
    socket.on("close", () => this.#closed(connection));
    listener.add(connection);
    onReady();
  }

  #closed(connection: NodeConnection): void {
    this.#open.delete(connection);
    this.onReady?.();
    if (this.#open.size === 0) this.#whenEmpty?.();
  }
}
