// A console device for tests: how much each stream takes and what comes in is up to the test.
import { type ConsoleDevice, type StreamKind, wouldBlock } from "../../src/server/console/index.ts";
import { toBytes, toText } from "./guest.ts";

export class FakeDevice implements ConsoleDevice {
  streams: [StreamKind, StreamKind, StreamKind] = ["pipe", "pipe", "pipe"];
  onReady: (() => void) | undefined;
  /** Bytes that each stream takes before it is full. */
  room = [0, Infinity, Infinity];
  /** Most that one write takes. */
  chunkBytes = Infinity;
  /** A negative errno that writes answer. */
  failure = 0;
  output = ["", "", ""];
  input = "";
  isAtEnd = false;
  /** What `writable` answers for every stream. */
  canWrite = 1;

  writable(): number {
    return this.canWrite;
  }

  write(stream: number, bytes: Uint8Array): number {
    if (this.failure !== 0) return this.failure;
    const count = Math.min(bytes.length, this.room[stream], this.chunkBytes);
    if (count === 0) return wouldBlock;
    this.room[stream] -= count;
    this.output[stream] += toText(bytes.subarray(0, count));
    return count;
  }

  read(_stream: number, into: Uint8Array): number {
    if (this.input === "") return this.isAtEnd ? 0 : wouldBlock;
    const count = Math.min(into.length, this.input.length);
    into.set(toBytes(this.input.slice(0, count)));
    this.input = this.input.slice(count);
    return count;
  }

  available(): number {
    if (this.input === "") return this.isAtEnd ? 0 : wouldBlock;
    return this.input.length;
  }
}
