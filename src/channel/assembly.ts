// Puts messages together again that came in several lines. There is one of these for each priority, since a message
// of control may come between the lines of another one.
import { payloadBytes } from "../machine/line.ts";
import { IncomingMessage } from "./incoming-message.ts";

const firstBytes = 1024;

export class Assembly {
  #message = new IncomingMessage(new Int32Array(firstBytes / 4));
  #length = 0;

  /** Whether a message has begun and not ended. */
  get isOpen(): boolean {
    return this.#length > 0;
  }

  /** Takes the payload of a line, `count` bytes from `begin` on. */
  add(from: Uint8Array, begin: number, count: number): void {
    const needed = this.#length + payloadBytes;
    if (needed > this.#message.bytes.length) this.#grow(needed);
    const { bytes } = this.#message;
    for (let i = 0; i < count; i++) bytes[this.#length + i] = from[begin + i];
    this.#length += count;
  }

  /** The whole message, and the beginning of the next one. */
  end(kind: number): IncomingMessage {
    const message = this.#message.fill(kind, 0, this.#length);
    this.#length = 0;
    return message;
  }

  #grow(needed: number): void {
    const grown = new IncomingMessage(new Int32Array(2 ** Math.ceil(Math.log2(needed)) / 4));
    grown.bytes.set(this.#message.bytes.subarray(0, this.#length));
    this.#message = grown;
  }
}
