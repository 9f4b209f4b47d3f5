// What the tree of a machine looks like, from the costs of its lines.
import { describe, expect, it } from "vitest";
import { multicastTree, nodesOf, type Tree, unicastTree } from "./topology.ts";

/** Nodes of equal size; within one a line costs 100 ns give or take some, to the next one more for each step. */
function costsOf(nodes: number, size: number): number[][] {
  const cores = Array.from({ length: nodes * size }, (_, core) => core);
  return cores.map((a) =>
    cores.map((b) => {
      const steps = Math.abs(Math.floor(a / size) - Math.floor(b / size));
      return (steps === 0 ? 100 : 400 + 150 * steps) + ((a * 7 + b * 3) % 11);
    }),
  );
}

function coresOf({ core, children }: Tree): number[] {
  return [core, ...children.flatMap(coresOf)];
}

describe("a topology", () => {
  it("has the nodes that the gap in the costs shows", () => {
    expect(nodesOf(costsOf(3, 2))).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  it("is one node where all lines cost about the same", () => {
    expect(nodesOf(costsOf(1, 5))).toEqual([[0, 1, 2, 3, 4]]);
    expect(nodesOf([[0]])).toEqual([[0]]);
  });

  it("refuses a matrix that is not square", () => {
    expect(() => nodesOf([[0, 1], [1]])).toThrow("square");
  });
});

describe("a tree", () => {
  it.each([0, 3, 7])("from core %i has every core once", (source) => {
    const costs = costsOf(4, 2);
    for (const tree of [unicastTree(costs, source), multicastTree(costs, source)]) {
      expect(tree.core).toBe(source);
      expect(coresOf(tree).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it("crosses to each other node once, to the farthest first, and to its own last", () => {
    const { children } = multicastTree(costsOf(3, 3), 0);
    const nodes = children.map(({ core }) => Math.floor(core / 3));
    expect(nodes).toEqual([2, 1, 0, 0]);
    expect(children.map((child) => child.children.length)).toEqual([2, 2, 0, 0]);
  });
});
