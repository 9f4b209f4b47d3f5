// The three standard streams of this process as a console device. Output is written with synchronous
// calls, in order and byte for byte; a pipe that is full is tried again a little later. Input from a
// terminal or a pipe is read by a stream of the event loop, begun at the first read and paused while
// nobody asks; input from a file is read when asked.
import * as fs from "node:fs";
import type * as net from "node:net";
import type * as tty from "node:tty";
import { type ConsoleDevice, type StreamKind, wouldBlock } from "../console/index.ts";
import { attemptNumber } from "./node-errno.ts";

const retryMs = 2;
const inputBytesMax = 64 * 1024;

/** The major number of null, zero and their kin on Linux: no terminals, and told without loading more. */
const memoryDevices = 1;

// Loaded when they are needed: both together cost a third of Node's own start.
function loadTty(): typeof tty {
  return process.getBuiltinModule("node:tty");
}

export function kindOfStream(fd: number): StreamKind {
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isCharacterDevice()) {
      const isMemory = process.platform === "linux" && stat.rdev >>> 8 === memoryDevices;
      return !isMemory && loadTty().isatty(fd) ? "terminal" : "character";
    }
    return stat.isFile() ? "file" : "pipe";
  } catch {
    // Not open at all: reads and writes will say so.
    return "file";
  }
}

export class NodeConsole implements ConsoleDevice {
  readonly streams: readonly [StreamKind, StreamKind, StreamKind];
  onReady: (() => void) | undefined;
  #retry: NodeJS.Timeout | undefined;
  #input: net.Socket | tty.ReadStream | undefined;
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  #inputEnd: number | undefined;

  constructor() {
    this.streams = [kindOfStream(0), kindOfStream(1), kindOfStream(2)];
  }

  write(stream: number, bytes: Uint8Array): number {
    if (bytes.length === 0) return 0;
    const count = attemptNumber(() => fs.writeSync(stream, bytes, 0, bytes.length));
    if (count === wouldBlock) this.#retryLater();
    return count;
  }

  read(_stream: number, into: Uint8Array): number {
    if (!this.#isStreamed) return attemptNumber(() => fs.readSync(0, into, 0, into.length, null));
    if (into.length === 0) return 0;
    const first = this.#chunks[0];
    if (first === undefined) return this.#readEnd();
    const count = Math.min(first.length, into.length);
    into.set(first.subarray(0, count));
    if (count === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(count);
    this.#bufferedBytes -= count;
    return count;
  }

  available(_stream: number): number {
    if (!this.#isStreamed) return 1;
    return this.#bufferedBytes > 0 ? this.#bufferedBytes : this.#wait();
  }

  /** Lets go of the input, so that the process can end while nothing was typed. */
  close(): void {
    clearTimeout(this.#retry);
    this.#input?.destroy();
  }

  get #isStreamed(): boolean {
    return this.streams[0] === "terminal" || this.streams[0] === "pipe";
  }

  /** The end of a terminal's input is one answer; more may be typed after it. */
  #readEnd(): number {
    const answer = this.#wait();
    if (answer !== wouldBlock && this.streams[0] === "terminal") {
      this.#input?.destroy();
      this.#input = undefined;
      this.#inputEnd = undefined;
    }
    return answer;
  }

  /** Nothing is there: the end, or something to wait for. */
  #wait(): number {
    if (this.#inputEnd !== undefined) return this.#inputEnd;
    this.#input ??= this.#openInput();
    this.#input.resume();
    return wouldBlock;
  }

  #openInput(): net.Socket | tty.ReadStream {
    const isTerminal = this.streams[0] === "terminal";
    const input = isTerminal
      ? new (loadTty().ReadStream)(0)
      : new (process.getBuiltinModule("node:net").Socket)({
          fd: 0,
          readable: true,
          writable: false,
        });
    input.on("data", (chunk: Uint8Array) => this.#take(chunk));
    input.on("end", () => this.#end(0));
    // Errors of reading a terminal that went away are its end.
    input.on("error", () => this.#end(0));
    return input;
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    if (this.#bufferedBytes >= inputBytesMax) this.#input?.pause();
    this.onReady?.();
  }

  #end(answer: number): void {
    this.#inputEnd = answer;
    this.onReady?.();
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.onReady?.();
    }, retryMs);
  }
}
