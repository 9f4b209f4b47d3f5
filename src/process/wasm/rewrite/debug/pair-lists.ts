// The `.debug_ranges` and `.debug_loc` sections of version 4: lists of pairs of addresses, each counted from
// a base, until a pair of zeros. They keep their size, so they are changed where they stand. Also the table
// of ranges of `.debug_aranges`.
import type { CodeMoves } from "./code-moves.ts";
import { DebugReader, writeFixed } from "./debug-reader.ts";

/** What a list is of. */
export type PairKind = "ranges" | "locations";

export class PairLists {
  readonly #old: Uint8Array;
  readonly #new: Uint8Array;
  readonly #kind: PairKind;
  readonly #moves: CodeMoves;
  /** Bases of the lists written, by their offsets. */
  readonly #written = new Map<number, number>();
  #pairCount = 0;

  constructor(section: Uint8Array, kind: PairKind, moves: CodeMoves) {
    this.#old = section;
    this.#new = section.slice();
    this.#kind = kind;
    this.#moves = moves;
  }

  get bytes(): Uint8Array {
    return this.#new;
  }

  /** Moves the list at this offset. */
  relocate(offset: number, base: number, addressBytes: number): void {
    const reader = new DebugReader(this.#old).at(offset);
    const known = this.#written.get(offset);
    if (known !== undefined && known !== base) reader.fail("units of two bases share a list");
    if (known !== undefined) return;
    this.#written.set(offset, base);
    this.#moveAll(reader, base, addressBytes);
  }

  #moveAll(reader: DebugReader, unitBase: number, size: number): void {
    const selectsBase = 256 ** size - 1;
    let base = unitBase;
    for (;;) {
      // Each pair belongs to one list; only what nobody wrote in earnest has more.
      if (++this.#pairCount > this.#old.length) reader.fail("its lists overlap");
      const at = reader.position;
      const begin = reader.fixed(size);
      const end = reader.fixed(size);
      if (begin === 0 && end === 0) return;
      if (begin === selectsBase) {
        base = end;
        const moved = this.#moves.map(end);
        if (moved !== undefined) writeFixed(this.#new, at + size, moved, size);
        continue;
      }
      this.#move(at, [begin, end], base, size);
      if (this.#kind === "locations") reader.skip(reader.u16());
    }
  }

  #move(at: number, [begin, end]: readonly [number, number], base: number, size: number): void {
    const newBase = this.#moves.map(base) ?? base;
    const low = this.#moves.map(base + begin);
    const high = this.#moves.map(base + end);
    if (low === undefined || high === undefined) return; // of code that is not there
    writeFixed(this.#new, at, low - newBase, size);
    writeFixed(this.#new, at + size, high - newBase, size);
  }
}

/** The `.debug_aranges` section for code that moved. */
export function relocateRangeTable(section: Uint8Array, moves: CodeMoves): Uint8Array {
  const bytes = section.slice();
  const reader = new DebugReader(section);
  while (!reader.isAtEnd()) {
    const start = reader.position;
    const end = reader.unitEnd();
    if (reader.u16() !== 2) reader.fail("a table of ranges has an unknown version");
    reader.word(); // the unit
    const size = reader.addressSize();
    reader.noSegments();
    const pairBytes = 2 * size;
    reader.at(start + Math.ceil((reader.position - start) / pairBytes) * pairBytes);
    while (reader.position + pairBytes <= end) movePair(reader, bytes, moves, size);
    reader.at(end);
  }
  return bytes;
}

function movePair(reader: DebugReader, bytes: Uint8Array, moves: CodeMoves, size: number): void {
  const at = reader.position;
  const start = reader.fixed(size);
  const length = reader.fixed(size);
  const low = moves.map(start);
  const high = moves.map(start + length);
  if (low === undefined || high === undefined) return;
  writeFixed(bytes, at, low, size);
  writeFixed(bytes, at + size, high - low, size);
}
