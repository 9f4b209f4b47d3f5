// What comes in over a link: lines out of the ring, put together into messages. A message of one line is handed over
// where it lies.
import type { Carrier } from "../machine/carrier.ts";
import { Header, payloadBytes } from "../machine/line.ts";
import { Assembly } from "./assembly.ts";
import { IncomingMessage, noBulk } from "./incoming-message.ts";
import { LineError } from "./link-error.ts";
import { Reserve, type Ring } from "./ring.ts";

export class Inbox {
  readonly #ring: Ring;
  readonly #line: IncomingMessage;
  readonly #bulk: Uint8Array;
  readonly #message = new Assembly();
  readonly #control = new Assembly();
  #hadBulk = false;

  constructor(ring: Ring, { incoming, incomingBulk }: Carrier) {
    this.#ring = ring;
    this.#line = new IncomingMessage(incoming);
    this.#bulk = incomingBulk;
  }

  /**
   * Handles what has come, up to so many lines.
   *
   * @param handle Told of each message. Answers whether there should be more.
   * @returns How many lines there were.
   * @throws LineError if one makes no sense
   */
  receive(linesMax: number, handle: (message: IncomingMessage) => boolean): number {
    const ring = this.#ring;
    let lines = 0;
    let goesOn = true;
    for (let at = ring.poll(); at >= 0 && goesOn; at = lines < linesMax ? ring.poll() : -1) {
      const header = ring.header(at);
      try {
        if (header >> Header.kindShift !== 0) goesOn = this.#take(header, at, handle);
      } finally {
        ring.release();
      }
      lines++;
    }
    return lines;
  }

  /** Tells the far side what it can write over, if it could be waiting for that. */
  acknowledge(): void {
    const ring = this.#ring;
    if (!ring.owesMuch && !(this.#hadBulk && ring.owed > 0)) return;
    const at = ring.begin(Reserve.acknowledgement);
    // Not one slot is free only while the far side owes as much: what it tells brings us here again.
    if (at < 0) return;
    this.#hadBulk = false;
    ring.publish(at, 0);
  }

  #take(header: number, at: number, handle: (message: IncomingMessage) => boolean): boolean {
    const kind = header >> Header.kindShift;
    const count = header & Header.bytes;
    if (count > payloadBytes) throw new LineError("a payload fits into a line");
    if ((header & Header.bulk) !== 0) return this.#takeBulk(kind, at, count - 8, handle);
    const assembly = (header & Header.control) === 0 ? this.#message : this.#control;
    const isWhole = (header & Header.more) === 0;
    if (isWhole && !assembly.isOpen) return handle(this.#line.fill(kind, at, count));
    assembly.add(this.#line.bytes, at * 4, count);
    return isWhole ? handle(assembly.end(kind)) : true;
  }

  #takeBulk(
    kind: number,
    at: number,
    count: number,
    handle: (message: IncomingMessage) => boolean,
  ): boolean {
    const line = this.#line;
    const place = at + (count >> 2);
    const from = line.words[place];
    const end = from + line.words[place + 1];
    if (count < 0 || from < 0 || end < from || end > this.#bulk.length) {
      throw new LineError("what a line names lies in bulk memory");
    }
    line.bulk = this.#bulk.subarray(from, end);
    this.#hadBulk = true;
    try {
      return handle(line.fill(kind, at, count));
    } finally {
      line.bulk = noBulk;
    }
  }
}
