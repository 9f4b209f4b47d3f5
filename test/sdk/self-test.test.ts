// The kernel's interface tested from C: a program that makes its own objects and looks at every status.
import { describe, expect, it } from "vitest";
import { runTogether } from "./together.ts";

const parts = ["main", "objects", "capabilities", "waits", "messages", "memory"];
const program = parts.map((part) => `test/sdk/self-test/${part}.c`);

describe.each([
  { model: "process" as const },
  { model: "process" as const, fuelSlice: 100 },
  { model: "interrupt" as const },
  { model: "interrupt" as const, fuelSlice: 100 },
])("a C program alone in the $model model, fuel slice $fuelSlice", (manner) => {
  it("gets the status that the interface promises from every call", async () => {
    const { codes, faults } = await runTogether([{ program }], manner);
    expect(faults).toEqual([]);
    // A failure is the number of the part times 10000 plus the line: see self-test.h.
    expect(codes).toEqual([0]);
  });
});
