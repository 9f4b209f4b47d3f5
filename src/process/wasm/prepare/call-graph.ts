// Who may call whom, as far as it can be seen. A call through a table or a reference may reach every
// function of its shape whose address is known to somebody: through a segment, a reference, an export.
// Each such shape is a node of its own, between its callers and those functions.
import type { Declarations, WasmBinary } from "../binary/index.ts";
import { mapFunctionsIn, SectionId } from "../binary/index.ts";
import type { Graph } from "./cycles.ts";
import type { BodyScan, CodeScan } from "./fuel-scan.ts";

/** Its first nodes are the defined functions, in their order. */
export interface CallGraph extends Graph {
  readonly bodies: readonly BodyScan[];
  readonly importedCount: number;
  /** The node behind which all functions are that a call of this type may reach. */
  readonly nodeOfType: (typeIndex: number) => number;
}

const sectionsWithReferences = [
  SectionId.export,
  SectionId.element,
  SectionId.global,
  SectionId.table,
];

export function readCallGraph(
  binary: WasmBinary,
  declarations: Declarations,
  scan: CodeScan,
): CallGraph {
  const { bodies } = scan;
  const importedCount = declarations.importedCounts.function;
  const shapes = new Shapes(declarations, bodies.length);
  // Functions that do not exist are for the engine to refuse.
  const positions = (indices: Iterable<number>): number[] =>
    [...indices].map((index) => index - importedCount).filter((at) => bodies[at] !== undefined);
  for (const position of positions(referredFunctions(binary, scan))) {
    shapes.add(declarations.functions[importedCount + position], position);
  }
  const successors = bodies.map(({ callees, unknownTypes }) => [
    ...new Set([...positions(callees), ...unknownTypes.map((type) => shapes.nodeOf(type))]),
  ]);
  return {
    bodies,
    importedCount,
    nodeOfType: (type) => shapes.nodeOf(type),
    nodeCount: bodies.length + shapes.members.length,
    successors: [...successors, ...shapes.members],
  };
}

function referredFunctions(binary: WasmBinary, { references }: CodeScan): Set<number> {
  const referred = new Set(references);
  for (const id of sectionsWithReferences) {
    mapFunctionsIn(binary, id, (index) => {
      referred.add(index);
      return index;
    });
  }
  return referred;
}

// Types of which one is a subtype of the other have the same shape: they differ in references alone.
class Shapes {
  /** The functions of each shape. */
  readonly members: number[][] = [];
  readonly #declarations: Declarations;
  readonly #firstNode: number;
  readonly #places = new Map<string, number>();

  constructor(declarations: Declarations, firstNode: number) {
    this.#declarations = declarations;
    this.#firstNode = firstNode;
  }

  nodeOf(typeIndex: number): number {
    return this.#firstNode + this.#placeOf(typeIndex);
  }

  add(typeIndex: number, position: number): void {
    this.members[this.#placeOf(typeIndex)].push(position);
  }

  #placeOf(typeIndex: number): number {
    const type = this.#declarations.types[typeIndex];
    const shape = type === undefined ? "" : `${names(type.parameters)} -> ${names(type.results)}`;
    const known = this.#places.get(shape);
    if (known !== undefined) return known;
    const place = this.members.push([]) - 1;
    this.#places.set(shape, place);
    return place;
  }
}

const numbers: ReadonlySet<string> = new Set(["i32", "i64", "f32", "f64", "v128"]);

function names(types: readonly { readonly name: string }[]): string {
  return types.map(({ name }) => (numbers.has(name) ? name : "ref")).join(" ");
}
