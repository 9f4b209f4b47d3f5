// Bytes that have come and nobody has asked for yet, in the order in which they came. A piece is kept as
// it is, without a copy, since most are asked for at once; but each costs its own buffer, so that of a
// sender of many small ones what follows the first is gathered in larger buffers of our own.

/** Pieces below this size are gathered, in buffers of this size. */
const smallBytes = 2048;
const gatherBytes = 16 * 1024;

export class ReceiveBuffer {
  #pieces: Uint8Array[] = [];
  /** Where small pieces are gathered, and how much of it is filled; its end is that of the last piece. */
  #gather: Uint8Array | undefined;
  #gathered = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#pieces.length === 0 || piece.length >= smallBytes) {
      this.#pieces.push(piece);
      this.#gather = undefined;
    } else this.#append(piece);
  }

  /** Fills the beginning of `into`, up to `bytesMax`, and takes nothing away. Answers how much. */
  peek(into: Uint8Array, bytesMax: number): number {
    const first = this.#pieces[0];
    if (first === undefined) return 0;
    if (first.length === this.#bytes && first.length <= bytesMax) {
      into.set(first);
      return first.length;
    }
    let done = 0;
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, bytesMax - done);
      into.set(part, done);
      done += part.length;
      if (done === bytesMax) break;
    }
    return done;
  }

  /** Takes away the first bytes: no more than there are. */
  consume(bytes: number): void {
    if (bytes >= this.#bytes) {
      this.clear();
      return;
    }
    let left = bytes;
    let whole = 0;
    while (left >= this.#pieces[whole]!.length) left -= this.#pieces[whole++]!.length;
    this.#pieces.splice(0, whole);
    this.#pieces[0] = this.#pieces[0]!.subarray(left);
    this.#bytes -= bytes;
  }

  clear(): void {
    if (this.#pieces.length === 1) this.#pieces.pop();
    else if (this.#pieces.length > 1) this.#pieces = [];
    this.#gather = undefined;
    this.#bytes = 0;
  }

  #append(piece: Uint8Array): void {
    const last = this.#pieces.length - 1;
    if (this.#gather === undefined || this.#gathered + piece.length > gatherBytes) {
      this.#gather = new Uint8Array(gatherBytes);
      this.#gather.set(piece);
      this.#gathered = piece.length;
      this.#pieces.push(this.#gather.subarray(0, piece.length));
      return;
    }
    this.#gather.set(piece, this.#gathered);
    this.#gathered += piece.length;
    const grown = this.#pieces[last]!.length + piece.length;
    this.#pieces[last] = this.#gather.subarray(this.#gathered - grown, this.#gathered);
  }
}
