// A table: rows of 32-bit words in one typed array, found by `row * rowWords` (L3's control blocks
// as virtual objects). The array is reserved at its limit and committed by the operating system as
// rows are touched, so a row never moves and no view of it ever goes stale.
//
// Word 0 of a row is its generation: odd while the row is live, even while it is free, and one more
// at every change. A name made of (row, generation) is therefore refused once its row was freed.
// Word 1 of a free row links to the next free row. Row 0 is never given out: 0 means "none".
import { assert } from "./assert.ts";

export const generationWord = 0;
const nextFreeWord = 1;

export interface Table {
  readonly words: Int32Array;
  readonly rowWords: number;
  /** How many rows can ever be live at once, row 0 not counted. */
  readonly rowLimit: number;
  firstFree: number;
  /** One more than the highest row ever used. */
  highWater: number;
  liveCount: number;
}

export function createTable(rowWords: number, rowLimit: number): Table {
  assert(rowWords >= 2, "a row holds at least a generation and a link", rowWords);
  assert(rowLimit > 0, "a table has room for a row", rowLimit);
  const words = new Int32Array(rowWords * (rowLimit + 1));
  return { words, rowWords, rowLimit, firstFree: 0, highWater: 1, liveCount: 0 };
}

/** Takes a free row and clears it. Answers its number, or 0 if the table is full. */
export function allocateRow(table: Table): number {
  const { words, rowWords } = table;
  let row = table.firstFree;
  if (row !== 0) {
    table.firstFree = words[row * rowWords + nextFreeWord]!;
  } else {
    if (table.highWater > table.rowLimit) return 0;
    row = table.highWater++;
  }
  const base = row * rowWords;
  const generation = words[base]! + 1;
  words.fill(0, base, base + rowWords);
  words[base] = generation;
  assert((generation & 1) === 1, "a row taken is live", row, generation);
  table.liveCount++;
  return row;
}

/** Gives a row back. Every name of it made before is stale from now on. */
export function releaseRow(table: Table, row: number): void {
  assert(isLive(table, row), "only a live row is released", row);
  const base = row * table.rowWords;
  table.words[base]!++;
  table.words[base + nextFreeWord] = table.firstFree;
  table.firstFree = row;
  table.liveCount--;
}

export function isLive(table: Table, row: number): boolean {
  return row > 0 && row < table.highWater && (table.words[row * table.rowWords]! & 1) === 1;
}

/** Makes all earlier names of a live row stale while it stays live. */
export function renewGeneration(table: Table, row: number): number {
  const base = row * table.rowWords;
  table.words[base]! += 2;
  return table.words[base]!;
}

/** Calls `visit` for every live row, in order of row number. */
export function forEachRow(table: Table, visit: (row: number) => void): void {
  for (let row = 1; row < table.highWater; row++) {
    if (isLive(table, row)) visit(row);
  }
}
