// A message of more than one line, cut into lines as there is room. What there is no room for at once it keeps, so that
// whoever sent it may use the bytes again.
import { Header, payloadBytes } from "../machine/line.ts";

export class OutgoingMessage {
  readonly kind: number;
  #bytes: Uint8Array;
  #gone = 0;
  #isOver = false;

  /** @param bytes Are read until `keep`. */
  constructor(kind: number, bytes: Uint8Array) {
    this.kind = kind;
    this.#bytes = bytes;
  }

  /** Whether its last line was written. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Copies the bytes that are left. */
  keep(): this {
    this.#bytes = this.#bytes.slice(this.#gone);
    this.#gone = 0;
    return this;
  }

  /**
   * Writes what fits into a line, and answers the header for it.
   *
   * @param to The memory of the channel, as bytes.
   * @param at Where in it the line's payload begins.
   */
  writeLine(to: Uint8Array, at: number): number {
    const count = Math.min(payloadBytes, this.#bytes.length - this.#gone);
    for (let i = 0; i < count; i++) to[at + i] = this.#bytes[this.#gone + i];
    this.#gone += count;
    this.#isOver = this.#gone === this.#bytes.length;
    return (this.kind << Header.kindShift) | count | (this.#isOver ? 0 : Header.more);
  }
}
