// What each level asks of preparation, in either model.
import { describe, expect, it } from "vitest";
import { type LevelOptions, type Preparation, preparationOf } from "./level.ts";

describe("preparation", () => {
  it.each<[LevelOptions, Preparation]>([
    [{ model: "process" }, { fuel: false, capture: "none" }],
    [
      { level: "none", model: "process", fuelSlice: 10 },
      { fuel: true, capture: "none" },
    ],
    [
      { level: "none", model: "interrupt" },
      { fuel: false, capture: "unwind" },
    ],
    [
      { level: "checkpoint", model: "process" },
      { fuel: false, capture: "unwind" },
    ],
    [
      { level: "preempt", model: "process" },
      { fuel: true, capture: "unwind" },
    ],
    [
      { level: "preempt", model: "interrupt" },
      { fuel: true, capture: "unwind" },
    ],
  ])("of %o is %o", (options, expected) => {
    expect(preparationOf(options)).toEqual(expected);
  });
});
