// What cores are near to each other, from measured costs of a line, and the tree by which one core says something to all
// and hears from all: as the multikernel paper builds it. Each node (cores that share a cache, or memory) has one core
// that hears from the source and passes on within, so that an answer crosses between nodes once for all of them; the
// farthest node is told first, since its answer takes longest.
import { assert } from "../base/index.ts";
import type { Core } from "./name.ts";

/** At `from` and `to`, what a line costs on its way, in ns. Square; what lies on the diagonal is not read. */
export type CostMatrix = readonly (readonly number[])[];

/** A core, and those that it tells, in the order in which it does. */
export interface Tree {
  readonly core: Core;
  readonly children: readonly Tree[];
}

/** Costs apart by less than this factor are taken for the same: the noise of a measurement. */
const gapLeast = 1.5;

/** Cores in nodes: within a node lines cost about the same, and between nodes more. One node if there is no such gap. */
export function nodesOf(costs: CostMatrix): Core[][] {
  const near = nearCost(costs);
  const nodes: Core[][] = [];
  for (let core = 0; core < costs.length; core++) {
    const node = nodes.find((members) =>
      members.every((other) => costBetween(costs, core, other) <= near),
    );
    if (node === undefined) nodes.push([core]);
    else node.push(core);
  }
  return nodes;
}

/** The highest cost before the widest gap; all costs if no gap is wide enough. */
function nearCost(costs: CostMatrix): number {
  const sorted = pairs(costs).toSorted((a, b) => a - b);
  let near = Infinity;
  let widest = gapLeast;
  for (let at = 1; at < sorted.length; at++) {
    const gap = sorted[at]! / sorted[at - 1]!;
    if (gap < widest) continue;
    widest = gap;
    near = sorted[at - 1]!;
  }
  return near;
}

function pairs(costs: CostMatrix): number[] {
  const found: number[] = [];
  for (let a = 0; a < costs.length; a++) {
    assert(costs[a]!.length === costs.length, "a matrix of costs is square", costs[a]!.length);
    for (let b = a + 1; b < costs.length; b++) found.push(costBetween(costs, a, b));
  }
  return found;
}

/** The dearer way of the two: an agreement goes both. */
function costBetween(costs: CostMatrix, a: Core, b: Core): number {
  return a === b ? 0 : Math.max(costs[a]![b]!, costs[b]![a]!);
}

/** Everybody is told by the source itself. */
export function unicastTree(costs: CostMatrix, source: Core): Tree {
  const others = [...costs.keys()].filter((core) => core !== source);
  return { core: source, children: farthestFirst(costs, source, others).map(leaf) };
}

/** One core of each other node is told by the source, and passes on within its node. */
export function multicastTree(costs: CostMatrix, source: Core): Tree {
  const nodes = nodesOf(costs);
  const own = nodes.find((node) => node.includes(source)) ?? [source];
  const gates = nodes.filter((node) => node !== own).map((node) => gateOf(costs, source, node));
  const near = own.filter((core) => core !== source);
  const far = farthestFirst(costs, source, gates).map((gate) =>
    nodeTree(costs, gate, nodes.find((node) => node.includes(gate)) ?? []),
  );
  return { core: source, children: [...far, ...farthestFirst(costs, source, near).map(leaf)] };
}

function nodeTree(costs: CostMatrix, gate: Core, node: readonly Core[]): Tree {
  const others = node.filter((core) => core !== gate);
  return { core: gate, children: farthestFirst(costs, gate, others).map(leaf) };
}

/** The core of a node that the source reaches cheapest. */
function gateOf(costs: CostMatrix, source: Core, node: readonly Core[]): Core {
  return farthestFirst(costs, source, node).at(-1)!;
}

function farthestFirst(costs: CostMatrix, source: Core, cores: readonly Core[]): Core[] {
  const cost = (core: Core): number => costBetween(costs, source, core);
  return cores.toSorted((a, b) => cost(b) - cost(a));
}

function leaf(core: Core): Tree {
  return { core, children: [] };
}
