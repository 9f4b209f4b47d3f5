// Tables and the short forms of numbers in them.
import { describe, expect, it } from "vitest";
import { sizeOf, spanOf, tableOf } from "./table.ts";

describe("a table", () => {
  it("has columns as wide as their widest cell, and numbers to the right", () => {
    const columns = [
      { title: "NAME", text: (row: [string, number]) => row[0] },
      { title: "N", text: (row: [string, number]) => `${row[1]}`, isNumber: true },
      { title: "LAST", text: () => "x" },
    ];
    const rows: [string, number][] = [
      ["a", 1],
      ["longer", 100],
    ];
    expect(tableOf(columns, rows)).toEqual([
      "NAME      N  LAST",
      "a         1  x",
      "longer  100  x",
    ]);
  });

  it.each([
    [0.9, "0s"],
    [59, "59s"],
    [61, "1m1s"],
    [7260, "2h1m"],
    [90_000, "1d1h"],
  ])("writes %d seconds as %s", (seconds, text) => {
    expect(spanOf(seconds)).toBe(text);
  });

  it.each([
    [1024 * 1024, "1.0M"],
    [1536 * 1024 * 1024, "1.5G"],
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(sizeOf(bytes)).toBe(text);
  });
});
