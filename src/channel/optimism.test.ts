// Bets that are lost again and again are made now and then only, and as ever once one is won.
import { expect, it } from "vitest";
import { Optimism } from "./optimism.ts";

it("looks every time at first, seldom after losses, and every time again after a win", () => {
  const optimism = new Optimism(100);
  const looked = (times: number): number => {
    let count = 0;
    for (let i = 0; i < times; i++) {
      if (optimism.looks > 0) count++;
      optimism.tell(false);
    }
    return count;
  };
  expect(looked(4)).toBe(4);
  expect(looked(160)).toBe(10);
  optimism.tell(true);
  expect(optimism.looks).toBe(100);
});

it("never looks where it was told not to, but for whoever wants an answer at once", () => {
  const optimism = new Optimism(0);
  optimism.tell(true);
  expect(optimism.looks).toBe(0);
  expect(optimism.urgentLooks).toBeGreaterThan(0);
});
