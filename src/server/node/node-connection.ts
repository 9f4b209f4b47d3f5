// A TCP connection of this process as a socket that never waits. What comes from the peer is kept until
// it is asked for; when that is much, the socket is not read any more, so that the peer's own buffers
// fill and it has to wait. What is written beyond what the system takes at once is kept likewise, up to a
// bound, and then refused until it is gone.
import type { Socket } from "node:net";
import { Errno } from "../../userlib/index.ts";
import { Direction, type HostConnection, wouldBlock } from "../network/index.ts";
import { errnoOf } from "./node-errno.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";

/** How long a connection that was let go of may take over what is still to be sent, without moving on. */
const lingerMs = 10_000;

/** Writes kept at most, however small they are: each costs more than its bytes. */
const unsentMax = 512;

export interface NodeConnectionOptions {
  readonly socket: Socket;
  /** Bytes kept of what the peer sent; a socket hands over up to 64 KiB at a time, which may come on top. */
  readonly receiveBytesMax: number;
  /** Called from the event loop when more can be read or written. */
  readonly onReady: () => void;
}

export class NodeConnection implements HostConnection {
  readonly #socket: Socket;
  readonly #receiveBytesMax: number;
  readonly #onReady: () => void;
  onChange: (() => void) | undefined;
  readonly #received = new ReceiveBuffer();
  /** Writes that the system has not taken yet. */
  #unsent = 0;
  #isPaused = false;
  #isEnded = false;
  #isSendEnded = false;
  #isClosed = false;
  /** What broke the connection, a negative errno, until it was told; or 0. */
  #error = 0;

  constructor({ socket, receiveBytesMax, onReady }: NodeConnectionOptions) {
    this.#socket = socket;
    this.#receiveBytesMax = receiveBytesMax;
    this.#onReady = onReady;
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("end", () => this.#end());
    socket.on("drain", () => this.#changed());
    socket.on("error", (error) => this.#break(error));
  }

  #changed(): void {
    this.onChange?.();
    this.#onReady();
  }

  available(): number {
    const { bytes } = this.#received;
    if (bytes > 0) return bytes;
    if (this.#error !== 0) return this.#error;
    return this.#isEnded ? 0 : wouldBlock;
  }

  mayGrow(): boolean {
    return !this.#isPaused && !this.#isEnded && this.#error === 0;
  }

  peek(into: Uint8Array, bytesMax: number): number {
    return this.#received.bytes > 0 ? this.#received.peek(into, bytesMax) : this.available();
  }

  consume(bytes: number): void {
    if (bytes > 0) this.#received.consume(bytes);
    else if (this.#received.bytes === 0 && this.#error !== 0) this.#takeError();
    this.#readOn();
  }

  #readOn(): void {
    if (!this.#isPaused || this.#received.bytes > this.#receiveBytesMax / 2) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  room(): number {
    if (this.#error !== 0) return this.#error;
    if (this.#isSendEnded) return -Errno.pipe;
    const unsentBytes = this.#socket.writableLength;
    if (unsentBytes === 0) this.#unsent = 0;
    const room = this.#socket.writableHighWaterMark - unsentBytes;
    return room > 0 && this.#unsent < unsentMax ? room : wouldBlock;
  }

  write(bytes: Uint8Array): number {
    const room = this.room();
    if (room <= 0) return room === this.#error && room !== 0 ? this.#takeError() : room;
    const count = Math.min(room, bytes.length);
    if (count === 0) return 0;
    // The system may take it later, and what we were given is the caller's again when we return.
    const taken = Buffer.from(count === bytes.length ? bytes : bytes.subarray(0, count));
    if (++this.#unsent < unsentMax) this.#socket.write(taken);
    else this.#socket.write(taken, () => this.#changed());
    return count;
  }

  shutdown(directions: number): number {
    if (this.#socket.destroyed) return -Errno.notconn;
    if ((directions & Direction.receive) !== 0) {
      this.#drop();
      this.#isEnded = true;
    }
    if ((directions & Direction.send) !== 0 && !this.#isSendEnded) {
      this.#isSendEnded = true;
      this.#socket.end();
    }
    this.#changed();
    return 0;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drop();
    const socket = this.#socket;
    if (socket.writableLength > 0) socket.setTimeout(lingerMs, () => socket.destroy());
    socket.destroySoon();
  }

  /** Ends it at once, as an error for the peer. */
  reset(): void {
    this.#isClosed = true;
    this.#drop();
    this.#socket.resetAndDestroy();
  }

  #take(chunk: Uint8Array): void {
    // Nobody will read it: it is taken so that the peer can come to its end.
    if (this.#isClosed || this.#isEnded) return;
    this.#received.add(chunk);
    if (this.#received.bytes >= this.#receiveBytesMax) {
      this.#isPaused = true;
      this.#socket.pause();
    }
    this.#changed();
  }

  #end(): void {
    this.#isEnded = true;
    this.#changed();
  }

  #break(error: Error): void {
    this.#error = -errnoOf(error);
    this.#changed();
  }

  /** An error is told once; after it there is nothing to read, and nobody to write to. */
  #takeError(): number {
    const error = this.#error;
    this.#error = 0;
    this.#isEnded = true;
    this.#isSendEnded = true;
    return error;
  }

  #drop(): void {
    this.#received.clear();
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }
}
