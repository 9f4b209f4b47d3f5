// Which functions take from the fuel at their entry. Every loop does in each turn, so what is left are
// programs that go on and on by calling: in cycles, or, without any, in trees that fan out at each level.
//
// So in each cycle of the call graph some function counts, and so does each that could otherwise run more
// than so many instructions on one unit, by itself or by calling others that do not count. What a loop
// takes for its turns is left out of that, as is what is called to end the program.
import type { CallGraph } from "./call-graph.ts";
import { findComponents } from "./cycles.ts";

/** Instructions that a function may run for one unit, with all that it calls. */
const costMax = 10_000;
const importCallCost = 100;

/** The share of a cycle's functions that are made to count in each round, so that there are few. */
const shareOfRound = 1 / 128;

/** For each defined function, whether its entry is a place to count. */
export function entriesToCheck(graph: CallGraph): boolean[] {
  const counts = new Uint8Array(graph.nodeCount);
  cutCycles(graph, counts);
  checkCostly(graph, counts);
  return graph.bodies.map((_, position) => counts[position] === 1);
}

function cutCycles(graph: CallGraph, counts: Uint8Array): void {
  for (let round = 1; ; round++) {
    const { cycles } = findComponents(graph, counts);
    if (cycles.length === 0) return;
    for (const cycle of cycles) {
      const share = Math.ceil(cycle.length * round * shareOfRound);
      for (const node of hubsOf(graph, cycle).slice(0, share)) counts[node] = 1;
    }
  }
}

/** The functions of a cycle, those first through which most ways lead, which are the fewest to cut. */
function hubsOf(graph: CallGraph, cycle: readonly number[]): number[] {
  const inCycle = new Set(cycle);
  const ways = new Map(cycle.map((node) => [node, { in: 0, out: 0 }]));
  for (const node of cycle) {
    for (const next of graph.successors[node]) {
      const way = ways.get(next);
      if (way === undefined || !inCycle.has(next)) continue;
      way.in++;
      (ways.get(node) as typeof way).out++;
    }
  }
  const score = (node: number): number => {
    const way = ways.get(node);
    return way === undefined ? 0 : way.in * way.out;
  };
  return cycle
    .filter((node) => node < graph.bodies.length)
    .sort((one, other) => score(other) - score(one) || one - other);
}

// No cycles are left, so each node comes behind all that it calls.
function checkCostly(graph: CallGraph, counts: Uint8Array): void {
  const costs = new Float64Array(graph.nodeCount);
  for (const [node] of findComponents(graph, counts).inOrder) {
    const cost = costOf(graph, node, costs);
    if (node < graph.bodies.length && cost > costMax) counts[node] = 1;
    else costs[node] = cost;
  }
}

function costOf(
  { bodies, successors, ...graph }: CallGraph,
  node: number,
  costs: Float64Array,
): number {
  const body = bodies[node];
  // Whatever is called through a table, it is one of these.
  if (body === undefined) return Math.max(0, ...successors[node].map((member) => costs[member]));
  let cost = body.cost;
  for (const callee of body.returningCallees) {
    const position = callee - graph.importedCount;
    cost += position < 0 ? importCallCost : (costs[position] ?? 0);
  }
  for (const type of body.unknownTypes) cost += costs[graph.nodeOfType(type)];
  return cost;
}
