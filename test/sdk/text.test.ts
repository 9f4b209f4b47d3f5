// The text examples: long messages through the functions of the C header, in both execution models.
import { describe, expect, it } from "vitest";
import { type Manner, runTogether } from "./together.ts";

const manners: readonly Manner[] = [
  { model: "process" },
  { model: "process", fuelSlice: 1000 },
  { model: "interrupt" },
  { model: "interrupt", fuelSlice: 1000 },
];

describe.each(manners)("the text examples in the $model model, fuel slice $fuelSlice", (manner) => {
  it("every text comes back in capitals, whole", async () => {
    const server = { program: ["examples/c/text-server.c"], serves: [{ name: "text" }] };
    const client = { program: ["examples/c/text-client.c"], calls: [{ name: "text" }] };
    const { codes, faults } = await runTogether([server, client], manner);
    expect(faults).toEqual([]);
    expect(codes).toEqual([0, 0]);
  });
});
