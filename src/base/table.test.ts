// Tables give each row out once at a time, and never under an old name.
import { describe, expect, it } from "vitest";
import { AssertionFailure } from "./assert.ts";
import {
  allocateRow,
  createTable,
  forEachRow,
  generationWord,
  isLive,
  releaseRow,
  renewGeneration,
} from "./table.ts";

describe("a table", () => {
  it("never gives out row 0, which means none", () => {
    const table = createTable(4, 3);
    expect([1, 2, 3].map(() => allocateRow(table))).toEqual([1, 2, 3]);
    expect(isLive(table, 0)).toBe(false);
  });

  it("answers 0 when every row is taken, and changes nothing", () => {
    const table = createTable(4, 1);
    allocateRow(table);
    expect(allocateRow(table)).toBe(0);
    expect(table.liveCount).toBe(1);
  });

  it("gives a row that was released out again under another generation", () => {
    const table = createTable(4, 8);
    const row = allocateRow(table);
    const first = table.words[row * 4 + generationWord];
    releaseRow(table, row);
    expect(isLive(table, row)).toBe(false);
    expect(allocateRow(table)).toBe(row);
    expect(table.words[row * 4 + generationWord]).toBe(first + 2);
  });

  it("clears a row that it gives out again", () => {
    const table = createTable(4, 8);
    const row = allocateRow(table);
    table.words[row * 4 + 3] = 99;
    releaseRow(table, row);
    allocateRow(table);
    expect(table.words[row * 4 + 3]).toBe(0);
  });

  it("makes earlier names of a row stale while it stays live", () => {
    const table = createTable(4, 8);
    const row = allocateRow(table);
    const first = table.words[row * 4];
    expect(renewGeneration(table, row)).not.toBe(first);
    expect(isLive(table, row)).toBe(true);
  });

  it("refuses to release a row twice", () => {
    const table = createTable(4, 8);
    const row = allocateRow(table);
    releaseRow(table, row);
    expect(() => releaseRow(table, row)).toThrow(AssertionFailure);
  });

  it("visits live rows in order, and only those", () => {
    const table = createTable(4, 8);
    for (let i = 0; i < 4; i++) allocateRow(table);
    releaseRow(table, 2);
    const visited: number[] = [];
    forEachRow(table, (row) => visited.push(row));
    expect(visited).toEqual([1, 3, 4]);
  });
});
