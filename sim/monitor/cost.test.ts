// The cost model against what can be counted by hand, and the form of its curves.
import { describe, expect, it } from "vitest";
import { multicastTree, unicastTree } from "../../src/monitor/index.ts";
import { machineCosts, roundCost } from "./cost.ts";
import { costRows } from "./cost-table.ts";

describe("what a round costs", () => {
  it("is send, line, handle, send, line, handle between two cores", () => {
    const costs = machineCosts(2, 2, 100, 500);
    expect(roundCost(unicastTree(costs, 0), costs, 10)).toEqual({
      latencyNs: 10 + 100 + 10 + 10 + 100 + 10,
      sourceNs: 20,
    });
  });

  it("has the source send one after the other", () => {
    const costs = machineCosts(3, 3, 100, 500);
    expect(roundCost(unicastTree(costs, 0), costs, 10).latencyNs).toBe(20 + 100 + 20 + 100 + 10);
  });

  it("is the same for both where there is one node", () => {
    const costs = machineCosts(8, 8, 100, 500);
    const tree = roundCost(multicastTree(costs, 0), costs, 10);
    expect(tree).toEqual(roundCost(unicastTree(costs, 0), costs, 10));
  });

  it("favours the tree the more nodes there are, and never costs the leader more by it", () => {
    const rows = costRows({ coresMax: 64, nodeCores: 8, near: 150, far: 550, turn: 200 });
    expect(rows.map(({ cores }) => cores)).toEqual([2, 4, 8, 16, 32, 64]);
    const last = rows.at(-1)!;
    expect(last.treeNs).toBeLessThan(last.unicastNs / 2);
    for (const row of rows) expect(row.treeBusyNs).toBeLessThanOrEqual(row.unicastBusyNs);
  });
});
