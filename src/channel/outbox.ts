// What goes out over a link: messages of one line straight into the ring, longer ones cut into lines, those with
// many bytes by way of bulk memory. What there is no room for waits here in its order, control before all else.
import { assert } from "../base/index.ts";
import type { Carrier } from "../machine/carrier.ts";
import { Header, kindCount, payloadBytes } from "../machine/line.ts";
import { BulkRoom } from "./bulk.ts";
import { OutgoingMessage } from "./outgoing-message.ts";
import { Reserve, type Ring } from "./ring.ts";

export class Outbox {
  /** The memory that lines are written into, by words and by bytes. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly #ring: Ring;
  readonly #bulkRoom: BulkRoom;
  readonly #messages: OutgoingMessage[] = [];
  readonly #controls: OutgoingMessage[] = [];

  constructor(ring: Ring, { outgoing, outgoingBulk }: Carrier) {
    this.#ring = ring;
    this.words = outgoing;
    this.bytes = new Uint8Array(outgoing.buffer, outgoing.byteOffset, outgoing.byteLength);
    this.#bulkRoom = new BulkRoom(outgoingBulk.length);
  }

  /** Messages that wait for room. */
  get waitingCount(): number {
    return this.#messages.length + this.#controls.length;
  }

  begin(isControl: boolean): number {
    if (isControl) return this.#controls.length > 0 ? -1 : this.#ring.begin(Reserve.control);
    return this.#messages.length > 0 ? -1 : this.#ring.begin(Reserve.message);
  }

  publish(at: number, kind: number, count: number, isControl: boolean): void {
    const control = isControl ? Header.control : 0;
    this.#ring.publish(at, (kind << Header.kindShift) | count | control);
  }

  send(kind: number, bytes: Uint8Array, isControl: boolean): boolean {
    assert(kind > 0 && kind < kindCount, "a kind of messages", kind);
    const at = bytes.length <= payloadBytes ? this.begin(isControl) : -1;
    if (at >= 0) {
      this.bytes.set(bytes, at * 4);
      this.publish(at, kind, bytes.length, isControl);
      return true;
    }
    const message = new OutgoingMessage(kind, bytes);
    const waiting = isControl ? this.#controls : this.#messages;
    if (waiting.length === 0) this.#write(message, isControl);
    if (message.isOver) return true;
    waiting.push(message.keep());
    return false;
  }

  beginBulk(count: number): number {
    return this.#bulkRoom.reserve(count);
  }

  publishBulk(at: number, kind: number, count: number, bulkAt: number, bulkCount: number): void {
    assert(count % 4 === 0 && count <= payloadBytes - 8, "bytes beside a bulk name", count);
    const place = at + (count >> 2);
    this.words[place] = bulkAt;
    this.words[place + 1] = bulkCount;
    this.#ring.publish(at, (kind << Header.kindShift) | (count + 8) | Header.bulk);
    this.#bulkRoom.name(this.#ring.sent);
  }

  /** The far side has done with some lines: uses the room that this makes. */
  acknowledged(): void {
    this.#bulkRoom.release(this.#ring.acknowledged);
    if (this.#controls.length > 0) this.#sendFrom(this.#controls, true);
    if (this.#messages.length > 0) this.#sendFrom(this.#messages, false);
  }

  /** Forgets what waits: it can no longer arrive. */
  clear(): void {
    this.#controls.length = this.#messages.length = 0;
  }

  #sendFrom(waiting: OutgoingMessage[], isControl: boolean): void {
    while (waiting.length > 0 && this.#write(waiting[0], isControl)) waiting.shift();
  }

  /** Writes lines of a message while there is room. Answers whether that was all of it. */
  #write(message: OutgoingMessage, isControl: boolean): boolean {
    const reserve = isControl ? Reserve.control : Reserve.message;
    const control = isControl ? Header.control : 0;
    while (!message.isOver) {
      const at = this.#ring.begin(reserve);
      if (at < 0) return false;
      this.#ring.publish(at, message.writeLine(this.bytes, at * 4) | control);
    }
    return true;
  }
}
