// The log's figures are there, each with its floor.
import { expect, it } from "vitest";
import { benchLogCost } from "./log-cost.ts";

it("the cost of the log is measured against its floor at every level", async () => {
  const { metrics } = await benchLogCost({ quick: true, log: () => undefined });
  expect(Object.keys(metrics)).toEqual(["logCostMemory", "logCostHost", "logCostDisk"]);
  for (const { value, floor, ratio } of Object.values(metrics)) {
    expect([value > 0, (floor ?? 0) > 0, (ratio ?? 0) > 0]).toEqual([true, true, true]);
  }
});
