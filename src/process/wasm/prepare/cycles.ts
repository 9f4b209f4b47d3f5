// The cycles of a directed graph, as its strongly connected components (Tarjan 1972), without recursion
// since call graphs are deep.

export interface Graph {
  readonly nodeCount: number;
  readonly successors: readonly (readonly number[])[];
}

export interface Components {
  /** All of them, each behind those that can be reached from it. */
  readonly inOrder: readonly (readonly number[])[];
  /** Those that are cycles: of more than one node, or of one that leads to itself. */
  readonly cycles: readonly (readonly number[])[];
}

/** The components of the graph without the nodes that are left out. */
export function findComponents(graph: Graph, isLeftOut: Uint8Array): Components {
  const search = new Search(graph, isLeftOut);
  for (let node = 0; node < graph.nodeCount; node++) search.from(node);
  const { inOrder } = search;
  const leadsToItself = ([node]: readonly number[]): boolean =>
    graph.successors[node].includes(node);
  return { inOrder, cycles: inOrder.filter((one) => one.length > 1 || leadsToItself(one)) };
}

const unseen = 0;

class Search {
  readonly inOrder: number[][] = [];
  readonly #graph: Graph;
  readonly #isLeftOut: Uint8Array;
  /** When each node was first met; and the earliest met that is known to be reached from it. */
  readonly #met: Int32Array;
  readonly #low: Int32Array;
  readonly #isOpen: Uint8Array;
  /** Nodes met whose component is not complete. */
  readonly #open: number[] = [];
  /** The way to the node at hand, and how many successors of each have been looked at. */
  readonly #path: number[] = [];
  readonly #looked: number[] = [];
  #clock = unseen;

  constructor(graph: Graph, isLeftOut: Uint8Array) {
    this.#graph = graph;
    this.#isLeftOut = isLeftOut;
    this.#met = new Int32Array(graph.nodeCount);
    this.#low = new Int32Array(graph.nodeCount);
    this.#isOpen = new Uint8Array(graph.nodeCount);
  }

  from(root: number): void {
    this.#meet(root);
    while (this.#path.length > 0) this.#step();
  }

  #meet(node: number): void {
    if (this.#met[node] !== unseen || this.#isLeftOut[node] === 1) return;
    this.#met[node] = this.#low[node] = ++this.#clock;
    this.#isOpen[node] = 1;
    this.#open.push(node);
    this.#path.push(node);
    this.#looked.push(0);
  }

  #step(): void {
    const depth = this.#path.length - 1;
    const node = this.#path[depth];
    const next = this.#graph.successors[node][this.#looked[depth]++];
    if (next === undefined) return this.#retreat(node);
    this.#meet(next);
    if (this.#isOpen[next] === 1) this.#lower(node, this.#met[next]);
  }

  #retreat(node: number): void {
    this.#path.pop();
    this.#looked.pop();
    const before = this.#path.at(-1);
    if (before !== undefined) this.#lower(before, this.#low[node]);
    if (this.#low[node] === this.#met[node]) this.#complete(node);
  }

  #lower(node: number, met: number): void {
    this.#low[node] = Math.min(this.#low[node], met);
  }

  #complete(first: number): void {
    const component: number[] = [];
    let node: number;
    do {
      node = this.#open.pop() as number; // `first` is among them
      this.#isOpen[node] = 0;
      component.push(node);
    } while (node !== first);
    this.inOrder.push(component);
  }
}
