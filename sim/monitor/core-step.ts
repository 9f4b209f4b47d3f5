// One turn of one core, as a function of text: a core's state is its canonical JSON, so equal states are equal strings,
// and a turn that was computed once need not be computed again. Lists whose order means nothing are sorted.
import {
  enterView,
  type Message,
  type MonitorState,
  type Protocols,
  receive,
  request,
  type Request,
  type Said,
} from "../../src/monitor/index.ts";

export type Input =
  | { readonly kind: "message"; readonly from: number; readonly message: Message }
  | { readonly kind: "view"; readonly view: number; readonly members: readonly number[] }
  | { readonly kind: "request"; readonly request: Request };

export interface Stepped {
  readonly after: string;
  readonly said: Said;
  /** The name of the call that a request began, or why it began none. */
  readonly begun?: number | string;
}

/** In a list whose order means nothing, equal sets are to be equal text. `queue` is one whose order does. */
export function canonical(state: MonitorState): string {
  return JSON.stringify(state, (key: string, value: unknown) =>
    Array.isArray(value) && key !== "queue" && key !== "lineage"
      ? value.toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b)))
      : value,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Turns of cores with given tables, each computed once. Cores that are read are shared: do not change them. */
export class Stepper {
  readonly #protocols: Protocols;
  readonly #stepped = new Map<string, Stepped>();
  readonly #read = new Map<string, MonitorState>();

  constructor(protocols: Protocols) {
    this.#protocols = protocols;
  }

  read(core: string): MonitorState {
    const known = this.#read.get(core);
    if (known !== undefined) return known;
    const parsed = parse(core);
    this.#read.set(core, parsed);
    return parsed;
  }

  step(core: string, input: Input): Stepped {
    const key = `${core}${JSON.stringify(input)}`;
    const known = this.#stepped.get(key);
    if (known !== undefined) return known;
    const stepped = this.#compute(parse(core), input);
    this.#stepped.set(key, stepped);
    return stepped;
  }

  #compute(core: MonitorState, input: Input): Stepped {
    switch (input.kind) {
      case "message": {
        const said = receive(core, input.from, input.message, this.#protocols);
        return { after: canonical(core), said };
      }
      case "view": {
        const said = enterView(core, input.view, input.members, this.#protocols);
        return { after: canonical(core), said };
      }
      case "request": {
        const { begun, ...said } = request(core, input.request, this.#protocols);
        const answer = "call" in begun ? begun.call : begun.refused;
        return { after: canonical(core), said, begun: answer };
      }
    }
  }
}

/** The text is a canonical state: it was made here. */
function parse(core: string): MonitorState {
  return JSON.parse(core) as MonitorState;
}
