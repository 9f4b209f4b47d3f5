// Every mistake that is planted in one cell of a protocol's table is found by the small cases: the checks see what they
// are there to see.
import { describe, expect, it } from "vitest";
import { defects } from "../../sim/monitor/defects.ts";
import { findDefect } from "../../sim/monitor/find.ts";

describe("a mistake in one cell is found", () => {
  it.each(defects)("$cell: $mistake", (defect) => {
    expect(findDefect(defect)?.failure.promise).toBeTypeOf("string");
  });
});

describe("the mistakes", () => {
  it("are in every table", () => {
    const tables = new Set(defects.map(({ cell }) => cell.split(".")[0]));
    expect(tables).toEqual(new Set([...Object.keys(defects[0]!.protocols), "carrier"]));
  });
});
