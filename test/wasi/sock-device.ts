// Sockets for tests: what a peer has sent, how much it takes and how it ends is up to the test.
import {
  Direction,
  type HostConnection,
  type HostListener,
  type NetworkDevice,
  wouldBlock,
} from "../../src/server/network/index.ts";
import { Errno } from "../../src/userlib/index.ts";
import { toBytes, toText } from "./guest.ts";

export class FakeConnection implements HostConnection {
  onChange: (() => void) | undefined;
  output = "";
  #input = "";
  #hasEnded = false;
  #roomBytes = Infinity;
  #error = 0;
  /** Most bytes that it keeps of what comes. */
  inputBytesMax = Infinity;
  directionsEnded = 0;
  isClosed = false;

  /** What has come, and was not taken. */
  get input(): string {
    return this.#input;
  }

  set input(text: string) {
    this.#input = text;
    this.onChange?.();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  set hasEnded(has: boolean) {
    this.#hasEnded = has;
    this.onChange?.();
  }

  /** Bytes that it takes before it is full. */
  get roomBytes(): number {
    return this.#roomBytes;
  }

  set roomBytes(bytes: number) {
    this.#roomBytes = bytes;
    this.onChange?.();
  }

  /** What broke it, a negative errno, until it is told. */
  get error(): number {
    return this.#error;
  }

  set error(errno: number) {
    this.#error = errno;
    this.onChange?.();
  }

  available(): number {
    if (this.input !== "") return this.input.length;
    if (this.error !== 0) return this.error;
    return this.hasEnded ? 0 : wouldBlock;
  }

  mayGrow(): boolean {
    return !this.hasEnded && this.error === 0 && this.input.length < this.inputBytesMax;
  }

  peek(into: Uint8Array, bytesMax: number): number {
    if (this.input === "") return this.available();
    const part = toBytes(this.input.slice(0, bytesMax));
    into.set(part);
    return part.length;
  }

  consume(bytes: number): void {
    if (bytes === 0 && this.input === "") this.#tell();
    this.input = this.input.slice(bytes);
  }

  room(): number {
    if (this.error !== 0) return this.error;
    if ((this.directionsEnded & Direction.send) !== 0) return -Errno.pipe;
    return this.roomBytes > 0 ? Math.min(this.roomBytes, 65_536) : wouldBlock;
  }

  write(bytes: Uint8Array): number {
    const room = this.room();
    if (room < 0) {
      if (room === this.error) this.#tell();
      return room;
    }
    const count = Math.min(room, bytes.length);
    this.output += toText(bytes.subarray(0, count));
    this.roomBytes -= count;
    return count;
  }

  shutdown(directions: number): number {
    if (this.isClosed) return -Errno.notconn;
    this.directionsEnded |= directions;
    if ((directions & Direction.receive) !== 0) {
      this.input = "";
      this.hasEnded = true;
    }
    return 0;
  }

  close(): void {
    this.isClosed = true;
  }

  #tell(): void {
    if (this.error === 0) return;
    this.error = 0;
    this.hasEnded = true;
    this.directionsEnded = Direction.receive | Direction.send;
  }
}

export class FakeListener implements HostListener {
  onChange: (() => void) | undefined;
  readonly queue: FakeConnection[] = [];
  isClosed = false;

  waiting(): number {
    return this.queue.length;
  }

  accept(): FakeConnection | undefined {
    return this.queue.shift();
  }

  close(): void {
    this.isClosed = true;
  }

  /** A peer connects. */
  connect(): FakeConnection {
    const connection = new FakeConnection();
    this.queue.push(connection);
    this.onChange?.();
    return connection;
  }
}

export class FakeNetwork implements NetworkDevice {
  readonly listeners: FakeListener[];
  onReady: (() => void) | undefined;

  constructor(listenerCount = 1) {
    this.listeners = Array.from({ length: listenerCount }, () => new FakeListener());
  }
}
