// What the seeded generator promises: the published sequence, the same for the same seed and label,
// streams that leave each other alone, and draws without bias.
import { describe, expect, it } from "vitest";
import { Random } from "./random.ts";

function draws(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.next());
}

describe("random", () => {
  it("gives the published xoshiro128** sequence for the state 1, 2, 3, 4", () => {
    const random = new Random(0);
    random.words.set([1, 2, 3, 4]);
    expect(draws(random, 6)).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
  });

  it("repeats itself for an equal seed and label and for nothing else", () => {
    expect(draws(new Random(7, "a"), 8)).toEqual(draws(new Random(7, "a"), 8));
    const others = [
      new Random(8, "a"),
      new Random(7, "b"),
      new Random(7),
      new Random(7 + 2 ** 32, "a"),
    ];
    for (const other of others) {
      expect(draws(other, 8)).not.toEqual(draws(new Random(7, "a"), 8));
    }
  });

  it("continues from exported words exactly where the original was", () => {
    const random = new Random(3);
    draws(random, 5);
    const copy = new Random(0);
    copy.words.set(random.words);
    expect(draws(copy, 5)).toEqual(draws(random, 5));
  });

  it("draws below a limit evenly enough to pass a chi-square test", () => {
    const random = new Random(11);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 10_000; index++) counts[random.below(10)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 27.9 is exceeded by a fair source once in a thousand; the seed is fixed, so this is steady.
    expect(chiSquare).toBeLessThan(27.9);
  });

  it("accepts the whole range as a limit and stays inside given bounds", () => {
    const random = new Random(1);
    expect(random.below(1)).toBe(0);
    expect(random.below(2 ** 32)).toBeGreaterThanOrEqual(0);
    for (let index = 0; index < 100; index++) {
      const drawn = random.between(-3, 3);
      expect(drawn).toBeGreaterThanOrEqual(-3);
      expect(drawn).toBeLessThanOrEqual(3);
    }
    expect(() => random.below(0)).toThrow("limit of a random draw");
  });
});
