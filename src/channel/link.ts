// A link: messages both ways between two cores, over whatever carries lines. A message of up to 56 bytes is one line
// and is handed over where it lies. Longer ones go in several lines, or, their bytes in bulk memory, in one.
//
// A link belongs to one thread. It does nothing by itself: whoever drives it calls `turn`, and `fallAsleep` before it
// sleeps (machine/node/link-loop.ts, or a core's loop).
import { assert } from "../base/index.ts";
import type { Carrier } from "../machine/carrier.ts";
import { Ending } from "../machine/line.ts";
import { Inbox } from "./inbox.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import { LineError } from "./link-error.ts";
import { Outbox } from "./outbox.ts";
import { Ring } from "./ring.ts";

/** Who is told what comes over a link. */
export interface LinkHandler {
  /** A message has come. It is there until this returns. */
  message(message: IncomingMessage): void;
  /** Nothing comes any more, and nothing that is sent arrives. Called once. */
  ended(ending: Ending): void;
}

export class Link {
  readonly carrier: Carrier;
  /** The memory that lines are written into, by words and by bytes. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly #ring: Ring;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  #handler: LinkHandler | undefined;
  #ending: Ending | undefined;
  #isHandling = false;

  /**
   * @param before Number of the line before the first. 0 but in tests; the same on both sides. Not within a lap below
   *   zero, which is what slots hold at first.
   */
  constructor(carrier: Carrier, before = 0) {
    this.carrier = carrier;
    const ring = new Ring(carrier.outgoing, carrier.incoming, () => carrier.ring(), before);
    this.#ring = ring;
    this.#outbox = new Outbox(ring, carrier);
    this.#inbox = new Inbox(ring, carrier);
    this.words = this.#outbox.words;
    this.bytes = this.#outbox.bytes;
  }

  /** Sets who is told. What came before waits for them. */
  handle(handler: LinkHandler): void {
    assert(this.#handler === undefined, "a link has one handler");
    this.#handler = handler;
  }

  /** How the link came to its end. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Messages that wait for room. */
  get waitingCount(): number {
    return this.#outbox.waitingCount;
  }

  /** Lines sent, acknowledged, and owed: what a ring knows, for those who check it. */
  get lineCounts(): readonly [sent: number, acknowledged: number, owed: number] {
    return [this.#ring.sent, this.#ring.acknowledged, this.#ring.owed];
  }

  /** How often the far side had to be woken: whether it sleeps shows when something is sent. */
  get rings(): number {
    return this.#ring.rings;
  }

  // ---- sending ----

  /**
   * Where a message of one line is to be written: index in `words` of its first word. -1 if there is no room now, or
   * others wait for it. To be followed by `publish`, with nothing of this link in between.
   */
  begin(isControl = false): number {
    return this.#ending === undefined ? this.#outbox.begin(isControl) : -1;
  }

  /**
   * Sends the line that `begin` gave.
   *
   * @param kind 1 to 127, with a meaning for whoever receives it.
   * @param count Bytes of payload, 0 to 56.
   */
  publish(at: number, kind: number, count: number, isControl = false): void {
    this.#outbox.publish(at, kind, count, isControl);
  }

  /**
   * Sends a message of any length, now or when there is room. The bytes may be used again at once.
   *
   * @returns False if it waits: whoever can should then send less. After the link's end nothing is sent.
   */
  send(kind: number, bytes: Uint8Array, isControl = false): boolean {
    return this.#ending === undefined && this.#outbox.send(kind, bytes, isControl);
  }

  /**
   * Where `count` bytes can be written into `carrier.outgoingBulk`; -1 if there is no room for them now. To be
   * followed by `publishBulk`.
   */
  beginBulk(count: number): number {
    return this.#ending === undefined ? this.#outbox.beginBulk(count) : -1;
  }

  /**
   * Sends a message whose bytes lie in bulk memory, where `beginBulk` said. They are the far side's until it has
   * done with the message.
   *
   * @param at What `begin` gave, with the message's own bytes written there.
   * @param count How many those are, 0 to 48: a multiple of 4.
   */
  publishBulk(at: number, kind: number, count: number, bulkAt: number, bulkCount: number): void {
    this.#outbox.publishBulk(at, kind, count, bulkAt, bulkCount);
  }

  // ---- receiving ----

  /**
   * Handles what has come, up to so many lines, and sends what waited for room.
   *
   * @returns How many lines there were.
   */
  turn(linesMax: number): number {
    if (this.#isHandling || this.#handler === undefined || this.#ending !== undefined) return 0;
    this.#isHandling = true;
    let lines = 0;
    try {
      lines = this.#inbox.receive(linesMax, this.#handOver);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.close(Ending.broken);
    } finally {
      this.#isHandling = false;
    }
    if (lines > 0 && this.#isOpen()) this.#afterLines();
    return lines;
  }

  /** Whether a handler of this link is on the stack: then nothing further can be received. */
  get isHandling(): boolean {
    return this.#isHandling;
  }

  /** Kind of the message of which the next line is; 0 for one that only acknowledges, -1 if there is none. */
  get nextKind(): number {
    return this.#ring.nextKind();
  }

  /** Whether a line is there to be handled. */
  get hasLine(): boolean {
    return this.#ring.poll() >= 0;
  }

  /** Sees whether the far side is gone. Lines that came before are handled first, by `turn`. */
  checkEnding(): void {
    if (this.#ending !== undefined || this.#handler === undefined) return;
    const ending = this.carrier.ending();
    // In this order: a line that came before the end is seen by now.
    if (ending !== undefined && !this.hasLine) this.#end(ending);
  }

  /**
   * Sets the bell, so that the next line rings.
   *
   * @returns False if a line is there or the far side is gone; then it is not set.
   */
  fallAsleep(): boolean {
    if (this.#ending !== undefined || !this.#ring.fallAsleep()) return false;
    // Whoever writes down the end rings afterwards, so that one of us sees the other.
    if (this.carrier.ending() === undefined) return true;
    this.#ring.rise();
    return false;
  }

  /** Takes the bell back. */
  rise(): void {
    this.#ring.rise();
  }

  /** Sends nothing more, and tells the far side. */
  close(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#end(ending);
    this.carrier.close();
  }

  readonly #handOver = (message: IncomingMessage): boolean => {
    this.#handler!.message(message);
    return this.#isOpen();
  };

  /** A handler may have closed the link. */
  #isOpen(): boolean {
    return this.#ending === undefined;
  }

  #afterLines(): void {
    this.#outbox.acknowledged();
    this.#inbox.acknowledge();
  }

  #end(ending: Ending): void {
    this.#ending = ending;
    this.#outbox.clear();
    this.#handler?.ended(ending);
  }
}
