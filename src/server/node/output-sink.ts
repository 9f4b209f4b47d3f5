// Where the bytes of a standard output go. Writing never stops the event loop: a pipe or terminal is
// opened once more without blocking, so that others who share it notice nothing, and what it does not
// take now goes on when the host says that there is room. The bytes of one sink leave in the order in
// which they came; standard output and error that lead to the same place share a sink.
import * as fs from "node:fs";
import type * as net from "node:net";
import { type StreamKind, wouldBlock } from "../console/index.ts";
import { attemptNumber, errnoOf } from "./node-errno.ts";

/** Bytes that the host may still have to take, beyond what a write was told. */
const inFlightBytesMax = 64 * 1024;

/**
 * Bytes written to a socket before it is made to not block, for which more of Node has to be loaded. No
 * socket has a smaller buffer.
 */
const unwatchedBytesMax = 32 * 1024;

/** How often a terminal that was stopped is tried again: the host has no event for it. */
const terminalRetryMs = 5;

export class OutputSink {
  readonly #kind: StreamKind;
  readonly #onRoom: () => void;
  #fd: number;
  #isOwnFd = false;
  #socket: net.Socket | undefined;
  #writtenBytes = 0;
  #isInFlight = false;
  #failure = 0;
  #retry: NodeJS.Timeout | undefined;
  #whenDrained: (() => void)[] = [];

  /** `onRoom` is called when a write that was refused may be tried again. */
  constructor(fd: number, kind: StreamKind, onRoom: () => void) {
    this.#kind = kind;
    this.#onRoom = onRoom;
    this.#fd = fd;
    if (kind === "pipe" || kind === "terminal") this.#reopen();
  }

  /** Takes the first bytes; answers how many, `wouldBlock`, or a negative errno. */
  write(bytes: Uint8Array): number {
    if (this.#failure !== 0) return this.#failure;
    if (this.#isInFlight) return wouldBlock;
    if (bytes.length === 0) return 0;
    if (this.#needsSocket) this.#openSocket();
    const count = attemptNumber(() => fs.writeSync(this.#fd, bytes, 0, bytes.length));
    if (count === wouldBlock) return this.#writeLater(bytes);
    if (count > 0) this.#writtenBytes += count;
    return count;
  }

  /** What a write would be answered, as far as is known: 1 for taken. */
  get writable(): number {
    if (this.#failure !== 0) return this.#failure;
    return this.#isInFlight || this.#retry !== undefined ? wouldBlock : 1;
  }

  /** Resolves when everything taken has reached the host, or cannot. */
  drained(): Promise<void> {
    if (!this.#isInFlight) return Promise.resolve();
    return new Promise((resolve) => this.#whenDrained.push(resolve));
  }

  close(): void {
    clearTimeout(this.#retry);
    if (this.#socket !== undefined) this.#socket.destroy();
    else if (this.#isOwnFd) fs.closeSync(this.#fd);
    this.#isOwnFd = false;
  }

  /** A socket cannot be opened once more, and blocks until it is watched. */
  get #needsSocket(): boolean {
    const isWatched = this.#isOwnFd || this.#socket !== undefined;
    return this.#kind === "pipe" && !isWatched && this.#writtenBytes >= unwatchedBytesMax;
  }

  #reopen(): void {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;
    try {
      this.#fd = fs.openSync(`/proc/self/fd/${this.#fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
      this.#isOwnFd = true;
    } catch {
      // A socket, or a host without /proc: the descriptor is used as it is.
    }
  }

  #writeLater(bytes: Uint8Array): number {
    if (this.#kind === "terminal") {
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.#onRoom();
      }, terminalRetryMs);
      return wouldBlock;
    }
    const socket = this.#openSocket();
    const taken = bytes.slice(0, inFlightBytesMax);
    this.#isInFlight = true;
    socket.write(taken, () => this.#landed());
    return taken.length;
  }

  #landed(): void {
    this.#isInFlight = false;
    for (const resolve of this.#whenDrained.splice(0)) resolve();
    this.#onRoom();
  }

  /** A stream of the event loop on the descriptor, which makes it not block. */
  #openSocket(): net.Socket {
    if (this.#socket !== undefined) return this.#socket;
    const { Socket } = process.getBuiltinModule("node:net");
    const socket = new Socket({ fd: this.#fd, readable: false, writable: true });
    socket.on("error", (error) => {
      this.#failure = -errnoOf(error);
      this.#landed();
    });
    return (this.#socket = socket);
  }
}
