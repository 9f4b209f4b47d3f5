// The Unix socket of a gateway: frames in and out of its connections. Only processes of this user come
// through: the directory is the user's alone, so is the socket, and the system says who connects.
// Connections that never say who they are, or too many of them, are turned away.
import { chmodSync, rmSync, statSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { encodeFrame, type Frame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Link } from "./gateway-session.ts";
import type { Gateway } from "./gateway.ts";
import { type PeerOf, peerOf } from "./peer.ts";
import { Refusal } from "./refusal.ts";

export interface UnixListenerOptions {
  readonly path: string;
  readonly gateway: Gateway;
  /** Connections at once; those of sessions are fewer. */
  readonly connectionsMax?: number | undefined;
  /** How long a connection may take to send its first frame. */
  readonly helloMs?: number | undefined;
}

const defaultConnectionsMax = 1024;
const defaultHelloMs = 5000;

/** How long the peer of a connection that is over may take to read that, and to close it, too. */
const lingerMs = 500;

/** A connection as a link; what comes is read a frame at a time, and only while there is leave to. */
class SocketLink implements Link {
  readonly #socket: Socket;
  readonly #gateway: Gateway;
  readonly #reader = new FrameReader();
  #isReading = true;
  #isClosed = false;

  constructor(socket: Socket, gateway: Gateway) {
    this.#socket = socket;
    this.#gateway = gateway;
    socket.on("data", (chunk: Uint8Array) => {
      if (this.#isClosed) return;
      this.#reader.add(chunk);
      this.#readOn();
    });
    // A reset is a close that follows; nothing is to be done that closing does not do.
    socket.on("error", () => {});
    socket.on("end", () => this.close());
    socket.on("close", () => gateway.disconnected(this));
  }

  send(frame: Frame): void {
    if (!this.#isClosed) this.#socket.write(encodeFrame(frame));
  }

  setReading(isReading: boolean): void {
    if (this.#isClosed || isReading === this.#isReading) return;
    this.#isReading = isReading;
    if (!isReading) this.#socket.pause();
    else {
      this.#socket.resume();
      // What came with the last frame has been waiting; nothing is handled from within its answer.
      queueMicrotask(() => this.#readOn());
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // Were it closed at once, a peer that is just sending would be told that, and not what was sent to it.
    this.#socket.end().resume();
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
  }

  #readOn(): void {
    while (this.#isReading && !this.#isClosed) {
      const frame = this.#reader.next();
      if (frame === undefined) return;
      if (typeof frame !== "string") this.#gateway.receive(this, frame);
      else if (frame === "another version") this.#gateway.refuse(this, Refusal.version);
      else this.#gateway.refuse(this, Refusal.badFrame);
    }
  }
}

export class UnixListener {
  readonly #options: UnixListenerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #peerOf: PeerOf = peerOf();
  /** Of the socket's file as it was made. */
  #inode: number | undefined;

  constructor(options: UnixListenerOptions) {
    this.#options = options;
    const { createServer } = process.getBuiltinModule("node:net");
    this.#server = createServer({ allowHalfOpen: false }, (socket) => this.#connected(socket));
    this.#server.on("error", () => {});
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#sockets.size;
  }

  /** Takes the path over: what stands there is of an owner that is gone, as the owner's lock says. */
  async open(): Promise<void> {
    const { path } = this.#options;
    rmSync(path, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(path, () => {
      this.#server.off("error", reject);
      resolve();
    });
    // The socket is made within the call; nobody waits on it yet.
    closeToOthers(path);
    await promise;
    closeToOthers(path);
    this.#inode = inodeOf(path);
  }

  /** Tells every client; ends when every connection has. */
  async close(): Promise<void> {
    this.#options.gateway.close();
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    // The system would take the path away, which may be that of a newer process's socket by now.
    if (inodeOf(this.#options.path) !== this.#inode) {
      this.#server.unref();
      for (const socket of this.#sockets) socket.destroy();
      return;
    }
    this.#server.close(() => resolve());
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, lingerMs);
    await promise;
    clearTimeout(timer);
  }

  #connected(socket: Socket): void {
    const { connectionsMax = defaultConnectionsMax, gateway } = this.#options;
    const peer = this.#peerOf(socket);
    const isStranger = peer !== undefined && peer !== process.getuid?.();
    if (isStranger || this.#sockets.size >= connectionsMax) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#expectHello(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // The gateway knows it by its frames from here on.
    void new SocketLink(socket, gateway);
  }

  #expectHello(socket: Socket): void {
    const { helloMs = defaultHelloMs } = this.#options;
    const timer = setTimeout(() => socket.destroy(), helloMs).unref();
    const forget = (): void => clearTimeout(timer);
    socket.once("data", forget).once("close", forget);
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** If it is there: an error of making it is told later. */
function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
