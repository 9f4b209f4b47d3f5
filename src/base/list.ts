// Doubly linked lists whose links live inside the rows they join (L3's queues in control blocks):
// nothing is allocated, and a row leaves its list in constant time. A list is two words, head and
// tail, anywhere; a row's two words are next and prev. Row 0 ends a list.
//
// `Links` says where the two words stand in a row, so that one row can be in several lists at once.
import { assert } from "./assert.ts";

export interface Links {
  readonly words: Int32Array;
  readonly rowWords: number;
  /** Word of a row that holds the next row; the previous one is in the word after it. */
  readonly nextWord: number;
}

/** Appends `row` to the list whose head and tail are `heads[at]` and `heads[at + 1]`. */
export function append(links: Links, heads: Int32Array, at: number, row: number): void {
  const { words, rowWords, nextWord } = links;
  const tail = heads[at + 1]!;
  const own = row * rowWords + nextWord;
  words[own] = 0;
  words[own + 1] = tail;
  if (tail === 0) heads[at] = row;
  else words[tail * rowWords + nextWord] = row;
  heads[at + 1] = row;
}

export function prepend(links: Links, heads: Int32Array, at: number, row: number): void {
  const { words, rowWords, nextWord } = links;
  const head = heads[at]!;
  const own = row * rowWords + nextWord;
  words[own] = head;
  words[own + 1] = 0;
  if (head === 0) heads[at + 1] = row;
  else words[head * rowWords + nextWord + 1] = row;
  heads[at] = row;
}

export function remove(links: Links, heads: Int32Array, at: number, row: number): void {
  const { words, rowWords, nextWord } = links;
  const own = row * rowWords + nextWord;
  const next = words[own]!;
  const prev = words[own + 1]!;
  if (prev === 0) {
    assert(heads[at] === row, "a row without a predecessor heads its list", row, heads[at]);
    heads[at] = next;
  } else words[prev * rowWords + nextWord] = next;
  if (next === 0) heads[at + 1] = prev;
  else words[next * rowWords + nextWord + 1] = prev;
  words[own] = 0;
  words[own + 1] = 0;
}

export function nextOf(links: Links, row: number): number {
  return links.words[row * links.rowWords + links.nextWord]!;
}

export function prevOf(links: Links, row: number): number {
  return links.words[row * links.rowWords + links.nextWord + 1]!;
}

/** The rows of a list from head to tail; stops with an assertion if the list is a ring. */
export function rowsOf(links: Links, heads: Int32Array, at: number): number[] {
  const rows: number[] = [];
  const limit = links.words.length / links.rowWords;
  let previous = 0;
  for (let row = heads[at]!; row !== 0; row = nextOf(links, row)) {
    assert(prevOf(links, row) === previous, "links agree in both directions", row, previous);
    rows.push(row);
    assert(rows.length <= limit, "a list ends", row);
    previous = row;
  }
  assert(heads[at + 1] === previous, "the tail is the last row", heads[at + 1], previous);
  return rows;
}
