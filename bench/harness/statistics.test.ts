// Order statistics, on samples small enough to check by hand.
import { describe, expect, it } from "vitest";
import { geometricMean, quantile, significant, spreadOf } from "./statistics.ts";

describe("statistics", () => {
  it("a quantile between two samples is interpolated", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20], 0.25)).toBe(12.5);
  });

  it("one wild sample moves neither the median nor the quartiles past their neighbours", () => {
    const spread = spreadOf([5, 1, 2, 3, 4, 1_000_000, 6]);
    expect(spread).toEqual({ median: 4, lowerQuartile: 2.5, upperQuartile: 5.5, count: 7 });
  });

  it("twice as slow and twice as fast cancel in a geometric mean", () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
    expect(geometricMean([1, 8])).toBeCloseTo(Math.sqrt(8), 12);
  });

  it("no samples is an error, not a zero", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => geometricMean([])).toThrow(RangeError);
  });

  it("figures are cut to four significant digits, whatever their size", () => {
    expect([123456, 0.00123456, 9.87654].map(significant)).toEqual([123500, 0.001235, 9.877]);
  });
});
