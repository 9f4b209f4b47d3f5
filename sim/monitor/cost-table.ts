// The table of what agreement costs by the number of cores: told by the leader itself, or by the tree.
import { multicastTree, unicastTree } from "../../src/monitor/index.ts";
import { machineCosts, roundCost } from "./cost.ts";

export interface CostOptions {
  readonly coresMax: number;
  readonly nodeCores: number;
  /** Costs of a line within a node and between nodes, and of a message for the core that sends or handles it, in ns. */
  readonly near: number;
  readonly far: number;
  readonly turn: number;
}

export interface CostRow {
  readonly cores: number;
  /** Until the caller of a revoke is answered (mark, ready), in ns. */
  readonly unicastNs: number;
  readonly treeNs: number;
  /** What the leader is busy for one operation (mark, ready, commit, done), in ns. */
  readonly unicastBusyNs: number;
  readonly treeBusyNs: number;
}

export function costRows(options: CostOptions): CostRow[] {
  const rows: CostRow[] = [];
  for (let cores = 2; cores <= options.coresMax; cores *= 2) rows.push(costRow(cores, options));
  return rows;
}

function costRow(cores: number, { nodeCores, near, far, turn }: CostOptions): CostRow {
  const costs = machineCosts(cores, nodeCores, near, far);
  const unicast = roundCost(unicastTree(costs, 0), costs, turn);
  const tree = roundCost(multicastTree(costs, 0), costs, turn);
  return {
    cores,
    unicastNs: unicast.latencyNs,
    treeNs: tree.latencyNs,
    unicastBusyNs: unicast.sourceNs * 2,
    treeBusyNs: tree.sourceNs * 2,
  };
}

export function costTable(options: CostOptions): string[] {
  const head = ["cores", "unicast ns", "tree ns", "ratio", "leader busy", "with tree"];
  const lines = costRows(options).map(({ cores, unicastNs, treeNs, unicastBusyNs, treeBusyNs }) =>
    [cores, unicastNs, treeNs, (unicastNs / treeNs).toFixed(2), unicastBusyNs, treeBusyNs].map(
      String,
    ),
  );
  return [head, ...lines].map((cells) => cells.map((cell) => cell.padStart(12)).join(""));
}
