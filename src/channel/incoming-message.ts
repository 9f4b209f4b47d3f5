// A message as it is handed to whoever receives it: not an object of its own, but a place in memory. There is one of
// these for each memory that messages arrive in, filled anew for each, so nothing in it outlives the call that
// handed it over.

export class IncomingMessage {
  /** The memory that it is in, by words and by bytes. It may be shared: what is read twice may differ. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  kind = 0;
  /** Index of its first word. */
  at = 0;
  /** How many bytes it has. */
  length = 0;
  /** Bytes that came with it through bulk memory, where they lie; none, mostly. */
  bulk: Uint8Array = noBulk;

  constructor(words: Int32Array) {
    this.words = words;
    this.bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  }

  fill(kind: number, at: number, length: number): this {
    this.kind = kind;
    this.at = at;
    this.length = length;
    return this;
  }

  /** The message's own bytes, from one of them on, copied. */
  copy(from = 0): Uint8Array {
    const begin = this.at * 4;
    return this.bytes.slice(begin + from, begin + this.length);
  }
}

export const noBulk = new Uint8Array(0);
