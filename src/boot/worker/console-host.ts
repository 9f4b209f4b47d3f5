// The standard streams of a core in another thread. They are held here, where they outlive it: output that
// it wrote is on its way, input that it was given and did not read is given to the next core, and what its
// last request came to is known, so that this is not done twice.
import type { MessagePort } from "node:worker_threads";
import { joinBytes } from "../../base/index.ts";
import { type ConsoleDevice, wouldBlock } from "../../server/console/index.ts";
import type { ConsoleTurn, FromConsole, PastRequest, ToConsole } from "./console-messages.ts";

interface Writing {
  readonly port: MessagePort;
  readonly bytes: Uint8Array;
  done: number;
}

const streamCount = 3;

export class ConsoleHost {
  readonly #device: ConsoleDevice;
  readonly #threads = process.getBuiltinModule("node:worker_threads");
  readonly #writes: Writing[][] = Array.from({ length: streamCount }, () => []);
  #given: Uint8Array[] = [];
  #past: PastRequest | undefined;
  #port: MessagePort | undefined;
  #wantedBytes = 0;

  constructor(device: ConsoleDevice) {
    this.#device = device;
    device.onReady = () => this.#goOn();
  }

  /** Hands the streams to a core; the one before is gone. */
  turn(): ConsoleTurn {
    this.#collect();
    this.#port?.close();
    const { port1, port2 } = new this.#threads.MessageChannel();
    this.#port = port1;
    this.#wantedBytes = 0;
    port1.on("message", (message: FromConsole) => this.#received(port1, message));
    port1.unref();
    const input = joinBytes(this.#given);
    this.#given = input.length === 0 ? [] : [input];
    return { port: port2, streams: this.#device.streams, past: this.#past, input };
  }

  /** Resolves when all that was written has reached the host. */
  async drained(): Promise<void> {
    this.#collect();
    while (this.#writes.some((queue) => queue.length > 0)) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#device.drained?.();
    }
    await this.#device.drained?.();
  }

  /** Reads what was said by a core that is gone and has not come up in the event loop yet. */
  #collect(): void {
    const port = this.#port;
    if (port === undefined) return;
    for (;;) {
      const received = this.#threads.receiveMessageOnPort(port);
      if (received === undefined) return;
      // Only ConsolePort writes to the other end.
      this.#received(port, received.message as FromConsole);
    }
  }

  #received(port: MessagePort, message: FromConsole): void {
    switch (message.kind) {
      case "write":
        this.#note(message.request, message.bytes.length, undefined);
        this.#writes[message.stream]!.push({ port, bytes: message.bytes, done: 0 });
        this.#write(message.stream);
        break;
      case "took":
        this.#note(message.request, 0, this.#take(message.count));
        break;
      case "want":
        this.#wantedBytes = message.bytesMax;
        this.#read();
        break;
      case "drain":
        void this.#tellDrained(port);
    }
  }

  /** A request may write in several steps. */
  #note(request: number, writtenBytes: number, read: Uint8Array | undefined): void {
    const before = this.#past?.request === request ? this.#past.writtenBytes : 0;
    this.#past = { request, writtenBytes: before + writtenBytes, read };
  }

  /** The first bytes of what was given. */
  #take(count: number): Uint8Array {
    const all = joinBytes(this.#given);
    this.#given = count < all.length ? [all.subarray(count)] : [];
    return all.slice(0, count);
  }

  #goOn(): void {
    for (let stream = 0; stream < streamCount; stream++) this.#write(stream);
    this.#read();
  }

  #write(stream: number): void {
    const queue = this.#writes[stream]!;
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const taken = this.#device.write(stream, first.bytes.subarray(first.done));
      if (taken === wouldBlock || taken === 0) return;
      if (taken < 0) this.#fail(stream, taken);
      else {
        first.done += taken;
        tell(first.port, { kind: "wrote", stream, count: taken });
        if (first.done === first.bytes.length) queue.shift();
      }
    }
  }

  /** Nobody will ever take what was written to this stream. */
  #fail(stream: number, errno: number): void {
    this.#writes[stream] = [];
    if (this.#port !== undefined) tell(this.#port, { kind: "failed", stream, errno });
  }

  #read(): void {
    if (this.#wantedBytes === 0 || this.#port === undefined) return;
    const into = new Uint8Array(this.#wantedBytes);
    const count = this.#device.read(0, into);
    if (count === wouldBlock) return;
    this.#wantedBytes = 0;
    if (count <= 0) {
      tell(this.#port, { kind: "end", answer: count });
      return;
    }
    const bytes = into.slice(0, count);
    this.#given.push(bytes);
    tell(this.#port, { kind: "input", bytes });
  }

  async #tellDrained(port: MessagePort): Promise<void> {
    await this.drained();
    tell(port, { kind: "drained" });
  }
}

function tell(port: MessagePort, message: ToConsole): void {
  port.postMessage(message);
}
