// Room in the bulk memory of a channel, given out in order and given back in order: what a line names is free again
// when the far side has done with that line, so nobody has to say so.
import { assert } from "../base/index.ts";

/** Pieces begin at multiples of this, so that they can be seen as words and as doubles. */
const alignBytes = 64;

interface Piece {
  /** Number of the line that names it. */
  readonly line: number;
  readonly end: number;
}

export class BulkRoom {
  readonly #bytes: number;
  readonly #pieces: Piece[] = [];
  #begin = 0;
  #end = 0;
  #reserved = 0;

  constructor(bytes: number) {
    this.#bytes = bytes - (bytes % alignBytes);
  }

  /** Where `count` bytes can be written, or -1 if there is not room for them now. To be followed by `name`. */
  reserve(count: number): number {
    assert(count > 0, "a piece of bulk memory has bytes", count);
    const size = Math.ceil(count / alignBytes) * alignBytes;
    const at = this.#place(size);
    this.#reserved = at < 0 ? 0 : at + size;
    return at;
  }

  /** Says which line names the piece that was reserved last. */
  name(line: number): void {
    assert(this.#reserved > 0, "a piece is reserved before a line names it", line);
    this.#end = this.#reserved;
    this.#pieces.push({ line, end: this.#end });
    this.#reserved = 0;
  }

  /** Takes back all pieces of lines up to this one. */
  release(acknowledged: number): void {
    if (this.#pieces.length === 0) return;
    while (this.#pieces.length > 0 && ((acknowledged - this.#pieces[0].line) | 0) >= 0) {
      this.#begin = this.#pieces[0].end;
      this.#pieces.shift();
    }
    if (this.#pieces.length === 0) this.#begin = this.#end = 0;
  }

  #place(size: number): number {
    // Used is from begin to end, or, where that has gone round, all but from end to begin.
    const isRound =
      this.#end < this.#begin || (this.#end === this.#begin && this.#pieces.length > 0);
    if (isRound) return this.#end + size <= this.#begin ? this.#end : -1;
    if (this.#end + size <= this.#bytes) return this.#end;
    return size <= this.#begin ? 0 : -1;
  }
}
