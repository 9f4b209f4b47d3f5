// Lists in rows keep what was put into them, in order, and notice when their links are broken.
import { describe, expect, it } from "vitest";
import { AssertionFailure } from "./assert.ts";
import { append, type Links, nextOf, prepend, prevOf, remove, rowsOf } from "./list.ts";
import { Random } from "./random.ts";

const rowWords = 4;

function emptyList(): { links: Links; heads: Int32Array } {
  return {
    links: { words: new Int32Array(rowWords * 64), rowWords, nextWord: 2 },
    heads: new Int32Array(2),
  };
}

describe("an intrusive list", () => {
  it("keeps rows in the order in which they were appended", () => {
    const { links, heads } = emptyList();
    for (const row of [5, 3, 9]) append(links, heads, 0, row);
    expect(rowsOf(links, heads, 0)).toEqual([5, 3, 9]);
  });

  it("puts a prepended row first", () => {
    const { links, heads } = emptyList();
    append(links, heads, 0, 5);
    prepend(links, heads, 0, 7);
    expect(rowsOf(links, heads, 0)).toEqual([7, 5]);
    expect([nextOf(links, 7), prevOf(links, 5)]).toEqual([5, 7]);
  });

  it("clears the links of a row that leaves it", () => {
    const { links, heads } = emptyList();
    for (const row of [1, 2, 3]) append(links, heads, 0, row);
    remove(links, heads, 0, 2);
    expect([nextOf(links, 2), prevOf(links, 2)]).toEqual([0, 0]);
    expect(rowsOf(links, heads, 0)).toEqual([1, 3]);
  });

  it("is empty at both ends when its only row has left", () => {
    const { links, heads } = emptyList();
    prepend(links, heads, 0, 4);
    remove(links, heads, 0, 4);
    expect([...heads]).toEqual([0, 0]);
  });

  it("refuses to remove a row that heads no list", () => {
    const { links, heads } = emptyList();
    append(links, heads, 0, 1);
    expect(() => remove(links, heads, 0, 2)).toThrow(AssertionFailure);
  });

  it("is noticed when it has become a ring", () => {
    const { links, heads } = emptyList();
    append(links, heads, 0, 1);
    append(links, heads, 0, 2);
    links.words[2 * rowWords + links.nextWord] = 1;
    expect(() => rowsOf(links, heads, 0)).toThrow(AssertionFailure);
  });

  it("agrees with an array over a thousand random changes (seed 11)", () => {
    const random = new Random(11);
    const { links, heads } = emptyList();
    const model: number[] = [];
    for (let change = 0; change < 1000; change++) {
      const row = 1 + random.below(63);
      const at = model.indexOf(row);
      if (at >= 0) {
        remove(links, heads, 0, row);
        model.splice(at, 1);
      } else if (random.chance(1, 2)) {
        append(links, heads, 0, row);
        model.push(row);
      } else {
        prepend(links, heads, 0, row);
        model.unshift(row);
      }
      expect(rowsOf(links, heads, 0)).toEqual(model);
    }
  });
});
