// What agreement costs in time, computed: a line takes so long between two cores, a core takes so long to send or to
// handle one message and does one thing at a time. No contention for the memory between nodes. With costs measured on a
// machine it says what a larger one like it would do.
import type { CostMatrix, Tree } from "../../src/monitor/index.ts";

export interface Round {
  /** From the first send until the last answer is handled, in ns. */
  readonly latencyNs: number;
  /** How long the source itself is busy: what bounds how many operations it can have under way. */
  readonly sourceNs: number;
}

/** One round: everybody is told, everybody answers, up the same tree. */
export function roundCost(tree: Tree, costs: CostMatrix, turnNs: number): Round {
  const latencyNs = answered(tree, 0, { costs, turnNs });
  return { latencyNs, sourceNs: tree.children.length * 2 * turnNs };
}

interface Machine {
  readonly costs: CostMatrix;
  readonly turnNs: number;
}

/** When a core has handled the answers of all that it told, having begun to tell them at a time. */
function answered(tree: Tree, beginNs: number, machine: Machine): number {
  const { costs, turnNs } = machine;
  const answers = tree.children.map((child, at) => {
    const sentNs = beginNs + (at + 1) * turnNs;
    const heardNs = sentNs + costs[tree.core]![child.core]! + turnNs;
    return answered(child, heardNs, machine) + turnNs + costs[child.core]![tree.core]!;
  });
  let freeNs = beginNs + tree.children.length * turnNs;
  for (const arrivedNs of answers.toSorted((a, b) => a - b)) {
    freeNs = Math.max(freeNs, arrivedNs) + turnNs;
  }
  return freeNs;
}

/** A machine of nodes of equal size, with a cost within and one between them. */
export function machineCosts(
  cores: number,
  nodeCores: number,
  near: number,
  far: number,
): CostMatrix {
  const all = Array.from({ length: cores }, (_, core) => core);
  const nodeOf = (core: number): number => Math.floor(core / nodeCores);
  return all.map((a) => all.map((b) => (nodeOf(a) === nodeOf(b) ? near : far)));
}
