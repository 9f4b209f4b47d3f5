// The console of a core whose standard streams are held by another thread. Output is taken up to a limit
// and told on; input is asked for when somebody reads. What the program's last request had come to in a
// core that is gone is not done again.
import type { MessagePort } from "node:worker_threads";
import { joinBytes } from "../../base/index.ts";
import { type ConsoleDevice, wouldBlock } from "../../server/console/index.ts";
import type { ConsoleTurn, FromConsole, PastRequest, ToConsole } from "./console-messages.ts";

/** Bytes of a stream that the other thread may still have to write. */
const inFlightBytesMax = 256 * 1024;

/** Input that is asked for at once; a file gives all of it, and is read no further. */
const wantedBytes = 64 * 1024;

export interface ConsolePortOptions {
  readonly turn: ConsoleTurn;
  /** The number of the request that the program is making of its console; 0 if that is not known. */
  readonly request: () => number;
}

export class ConsolePort implements ConsoleDevice {
  readonly streams: ConsoleDevice["streams"];
  onReady: (() => void) | undefined;
  readonly #port: MessagePort;
  readonly #request: () => number;
  readonly #inFlightBytes = [0, 0, 0];
  readonly #failures = [0, 0, 0];
  #input: Uint8Array;
  /** The end of input, which is one answer. */
  #end: number | undefined;
  #isWanting = false;
  #past: PastRequest | undefined;
  #whenDrained: (() => void)[] = [];

  constructor({ turn, request }: ConsolePortOptions) {
    this.#port = turn.port;
    this.#request = request;
    this.#input = turn.input;
    this.#past = turn.past?.request === 0 ? undefined : turn.past;
    this.streams = turn.streams;
    this.#port.on("message", (message: ToConsole) => this.#received(message));
    this.#port.unref();
  }

  write(stream: number, bytes: Uint8Array): number {
    const failure = this.#failures[stream]!;
    if (failure !== 0) return failure;
    const request = this.#request();
    const written = this.#takePastWrite(request, bytes.length);
    if (written > 0) return written;
    const room = inFlightBytesMax - this.#inFlightBytes[stream]!;
    if (room <= 0) return wouldBlock;
    const taken = bytes.slice(0, room);
    this.#inFlightBytes[stream]! += taken.length;
    this.#tell({ kind: "write", request, stream, bytes: taken });
    return taken.length;
  }

  writable(stream: number): number {
    const failure = this.#failures[stream]!;
    if (failure !== 0) return failure;
    return this.#inFlightBytes[stream]! < inFlightBytesMax ? 1 : wouldBlock;
  }

  read(_stream: number, into: Uint8Array): number {
    const request = this.#request();
    const past = this.#takePastRead(request);
    if (past !== undefined) {
      into.set(past);
      return past.length;
    }
    if (into.length === 0) return 0;
    if (this.#input.length === 0) return this.#takeEnd(into.length);
    const taken = this.#input.subarray(0, into.length);
    into.set(taken);
    this.#input = this.#input.subarray(taken.length);
    this.#tell({ kind: "took", request, count: taken.length });
    return taken.length;
  }

  available(): number {
    if (this.#input.length > 0) return this.#input.length;
    if (this.#end !== undefined) return this.#end;
    if (this.streams[0] === "file" || this.streams[0] === "character") return 1;
    this.#want(wantedBytes);
    return wouldBlock;
  }

  takeInput(): Uint8Array {
    const input = this.#input;
    this.#input = new Uint8Array(0);
    this.#tell({ kind: "took", request: 0, count: input.length });
    return input;
  }

  async drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenDrained.push(resolve);
    // The thread waits for the answer.
    this.#port.ref();
    this.#tell({ kind: "drain" });
    await promise;
    this.#port.unref();
  }

  /** What is left of a write that was under way when another core was lost. */
  #takePastWrite(request: number, bytesMax: number): number {
    const past = this.#past;
    if (past === undefined) return 0;
    const taken = past.request === request ? Math.min(past.writtenBytes, bytesMax) : 0;
    const writtenBytes = past.writtenBytes - taken;
    this.#past =
      past.request === request && writtenBytes > 0 ? { ...past, writtenBytes } : undefined;
    return taken;
  }

  #takePastRead(request: number): Uint8Array | undefined {
    const past = this.#past;
    this.#past = undefined;
    return past?.request === request ? past.read : undefined;
  }

  #takeEnd(bytesMax: number): number {
    const end = this.#end;
    this.#end = undefined;
    if (end !== undefined) return end;
    this.#want(Math.min(bytesMax, wantedBytes));
    return wouldBlock;
  }

  #want(bytesMax: number): void {
    if (this.#isWanting) return;
    this.#isWanting = true;
    this.#port.ref();
    this.#tell({ kind: "want", bytesMax });
  }

  #received(message: ToConsole): void {
    switch (message.kind) {
      case "wrote":
        this.#inFlightBytes[message.stream]! -= message.count;
        break;
      case "failed":
        this.#failures[message.stream] = message.errno;
        this.#inFlightBytes[message.stream] = 0;
        break;
      case "input":
        this.#input = joinBytes([this.#input, message.bytes]);
        this.#wanted();
        break;
      case "end":
        this.#end = message.answer;
        this.#wanted();
        break;
      case "drained":
        for (const resolve of this.#whenDrained.splice(0)) resolve();
    }
    this.onReady?.();
  }

  #wanted(): void {
    this.#isWanting = false;
    this.#port.unref();
  }

  #tell(message: FromConsole): void {
    this.#port.postMessage(message);
  }
}
