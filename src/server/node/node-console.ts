// The three standard streams of this process as a console device. Output goes to sinks that never stop
// the event loop. Input from a terminal or a pipe is read by a stream of the event loop, begun at the
// first read and paused while nobody asks; input from a file is read when asked.
//
// A terminal is left in the mode in which it was found, as a rule that of whole lines, where the host
// edits lines, ends input at ctrl-D, and turns ctrl-C and ctrl-Z into signals to this process and thereby
// to all that runs in it. In raw mode every key is a byte of input.
import * as fs from "node:fs";
import type * as net from "node:net";
import type * as tty from "node:tty";
import { type ConsoleDevice, type StreamKind, wouldBlock } from "../console/index.ts";
import { attemptNumber } from "./node-errno.ts";
import { OutputSink } from "./output-sink.ts";

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

export interface NodeConsoleOptions {
  /** A terminal is put into raw mode, until this process ends. */
  readonly isRaw?: boolean;
}

export class NodeConsole implements ConsoleDevice {
  readonly streams: readonly [StreamKind, StreamKind, StreamKind];
  onReady: (() => void) | undefined;
  readonly #sinks = new Map<number, OutputSink>();
  #input: net.Socket | tty.ReadStream | undefined;
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  #inputEnd: number | undefined;

  constructor({ isRaw = false }: NodeConsoleOptions = {}) {
    this.streams = [kindOfStream(0), kindOfStream(1), kindOfStream(2)];
    // At once: what is typed before the first read is input, too.
    if (isRaw && this.streams[0] === "terminal") this.#input = this.#openInput(isRaw);
  }

  write(stream: number, bytes: Uint8Array): number {
    return (this.#sinks.get(stream) ?? this.#openSink(stream)).write(bytes);
  }

  writable(stream: number): number {
    return (this.#sinks.get(stream) ?? this.#openSink(stream)).writable;
  }

  async drained(): Promise<void> {
    await Promise.all([...this.#sinks.values()].map((sink) => sink.drained()));
  }

  size(): { readonly columns: number; readonly rows: number } | undefined {
    if (this.streams[1] !== "terminal") return undefined;
    const { columns, rows } = process.stdout;
    return columns > 0 && rows > 0 ? { columns, rows } : undefined;
  }

  /** Streams that lead to the same place share a sink: their bytes stay in order. */
  #openSink(stream: number): OutputSink {
    const other = [...this.#sinks].find(([known]) => isSamePlace(known, stream));
    const sink =
      other?.[1] ?? new OutputSink(stream, this.streams[stream]!, () => this.onReady?.());
    this.#sinks.set(stream, sink);
    return sink;
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

  takeInput(): Uint8Array {
    // Nothing is read from now on that nobody would get.
    this.#input?.pause();
    for (let chunk = this.#readOn(); chunk !== null; chunk = this.#readOn()) {
      this.#chunks.push(chunk);
      this.#bufferedBytes += chunk.length;
    }
    const all = new Uint8Array(this.#bufferedBytes);
    let at = 0;
    for (const chunk of this.#chunks.splice(0)) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#bufferedBytes = 0;
    return all;
  }

  /** What the stream has taken from the host and not told of yet. */
  #readOn(): Uint8Array | null {
    return (this.#input?.read() as Uint8Array | null | undefined) ?? null;
  }

  available(_stream: number): number {
    if (!this.#isStreamed) return 1;
    return this.#bufferedBytes > 0 ? this.#bufferedBytes : this.#wait();
  }

  /** Lets go of the streams, so that the process can end while nothing was typed. */
  close(): void {
    for (const sink of this.#sinks.values()) sink.close();
    this.#sinks.clear();
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

  #openInput(isRaw = false): net.Socket | tty.ReadStream {
    const take = (chunk: Uint8Array): void => this.#take(chunk);
    const input = this.streams[0] === "terminal" ? openTerminal(isRaw) : openPipe(take);
    input.on("data", take);
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
}

function openTerminal(isRaw: boolean): tty.ReadStream {
  const input = new (loadTty().ReadStream)(0);
  if (isRaw) input.setRawMode(true);
  return input;
}

/**
 * With a buffer of its own a socket that is paused takes nothing more from the host; otherwise it would
 * take some that is lost with this process.
 */
function openPipe(take: (chunk: Uint8Array) => void): net.Socket {
  const { Socket } = process.getBuiltinModule("node:net");
  const callback = (count: number, bytes: Uint8Array): boolean => {
    take(bytes.slice(0, count));
    return true;
  };
  const onread = { buffer: new Uint8Array(inputBytesMax), callback };
  return new Socket({ fd: 0, readable: true, writable: false, onread });
}

function isSamePlace(one: number, other: number): boolean {
  try {
    const [a, b] = [fs.fstatSync(one), fs.fstatSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}
