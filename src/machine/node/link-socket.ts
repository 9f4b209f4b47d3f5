// A link whose lines are copied over a socket: where memory cannot be shared. Each side has both channels in memory of
// its own, and what one writes into its outgoing channel is put into the other's incoming one, a frame for a line:
// its sixteen words, and behind them the bytes of bulk memory that it names.
//
// Lines wait for the end of what the thread is doing, and go together. No more of them are on their way than there are
// slots, so the socket never holds more than that.
import type { Socket } from "node:net";
import { joinBytes } from "../../base/index.ts";
import type { Carrier } from "../carrier.ts";
import { Bell, bellWord, Ending, headerWord, lineBytes, lineWords } from "../line.ts";
import { bulkOf, LinePutter, LineTaker } from "../line-copier.ts";
import { PeerProcess } from "./link-peer.ts";
import { laidOut, makeSharedLink, type SharedLinkOptions } from "./link-shared.ts";

/** Header of the frame that says that nothing more comes: no line of a link has it. Its first word: an `Ending`. */
const endingHeader = 0xffff_0000 | 0;

export interface SocketLink {
  readonly socket: Socket;
  readonly shape: Required<SharedLinkOptions>;
  /** Process number of the other side. */
  readonly pid: number;
}

export function socketCarrier(options: SocketLink): Carrier {
  return new SocketCarrier(options);
}

class SocketCarrier implements Carrier {
  readonly outgoing: Int32Array;
  readonly incoming: Int32Array;
  readonly outgoingBulk: Uint8Array;
  readonly incomingBulk: Uint8Array;
  readonly #socket: Socket;
  readonly #peer: PeerProcess;
  readonly #taker: LineTaker;
  readonly #putter: LinePutter;
  #received: Uint8Array = new Uint8Array(0);
  #ending: Ending | undefined;
  #handler: (() => void) | undefined;
  #isFlushing = false;

  constructor({ socket, shape, pid }: SocketLink) {
    const places = laidOut(makeSharedLink(shape).buffer, shape, 0);
    ({
      outgoing: this.outgoing,
      incoming: this.incoming,
      outgoingBulk: this.outgoingBulk,
      incomingBulk: this.incomingBulk,
    } = places);
    this.#socket = socket;
    this.#peer = new PeerProcess(pid);
    this.#taker = new LineTaker(this.outgoing);
    this.#putter = new LinePutter(this.incoming);
    // Whoever is to take the lines sleeps, as it were, until it is rung for.
    Atomics.store(this.outgoing, bellWord, Bell.asleep);
    // As plain bytes: a part of a Buffer is not a copy.
    socket.on("data", (bytes: Buffer) =>
      this.#take(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)),
    );
    socket.on("close", () => this.#end(this.#peer.isThere() ? Ending.cut : Ending.ended));
    // The end comes as "close", whatever it was that went wrong.
    socket.on("error", () => undefined);
    socket.unref();
  }

  ring(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  onRing(handler: () => void): void {
    this.#handler = handler;
  }

  ending(): Ending | undefined {
    return this.#ending;
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.ref();
    else this.#socket.unref();
  }

  close(): void {
    this.#flush();
    const last = new Int32Array(lineWords);
    last[0] = Ending.closed;
    last[headerWord] = endingHeader;
    if (this.#socket.writable) this.#socket.end(new Uint8Array(last.buffer));
  }

  #flush(): void {
    this.#isFlushing = false;
    Atomics.store(this.outgoing, bellWord, Bell.asleep);
    const { outgoing } = this;
    this.#socket.cork();
    for (let at = this.#taker.take(); at >= 0; at = this.#taker.take()) {
      // Copied, since a slot may be written again before the socket has sent what was in it.
      this.#write(new Uint8Array(outgoing.slice(at, at + lineWords).buffer));
      const [from, count] = bulkOf(outgoing, at);
      if (count > 0) this.#write(this.outgoingBulk.slice(from, from + count));
    }
    this.#socket.uncork();
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  #take(bytes: Uint8Array): void {
    const whole = this.#received.length === 0 ? bytes : joinBytes([this.#received, bytes]);
    let at = 0;
    for (let size = this.#frame(whole, at); size > 0; size = this.#frame(whole, at)) at += size;
    this.#received = whole.slice(at);
    if (Atomics.compareExchange(this.incoming, bellWord, Bell.asleep, Bell.awake) === Bell.asleep) {
      this.#handler?.();
    }
  }

  /** Puts a frame where it belongs. Answers its bytes; 0 if not all of it is there. */
  #frame(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < lineBytes) return 0;
    const line = new Int32Array(bytes.slice(at, at + lineBytes).buffer);
    if (line[headerWord] === endingHeader) {
      // Written by this file, at the other side.
      this.#end(line[0] as Ending);
      return lineBytes;
    }
    const [from, count] = bulkOf(line, 0);
    if (from < 0 || count < 0 || from + count > this.incomingBulk.length) return this.#giveUp();
    if (bytes.length - at < lineBytes + count) return 0;
    if (count > 0) {
      const begin = at + lineBytes;
      this.incomingBulk.set(bytes.subarray(begin, begin + count), from);
    }
    this.#putter.put(line, 0);
    return lineBytes + count;
  }

  /** What comes makes no sense: nothing behind it does. */
  #giveUp(): 0 {
    this.#socket.destroy();
    this.#end(Ending.broken);
    return 0;
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#handler?.();
  }
}
