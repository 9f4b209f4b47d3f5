// Numbers for the references that frames, globals and tables hold: a function is its index in the
// program, which is the same in every instance of it; anything else is what a table of handles says.
import { CaptureError } from "../capture-error.ts";
import type { References } from "./frame-store.ts";

/** Values of the host that a program holds. The same handles must be there when it is put back. */
export interface ExternalHandles {
  numberOf(value: unknown): number;
  valueOf(number: number): unknown;
}

const nullNumber = -1;

export class InstanceReferences implements References {
  readonly #functions: () => WebAssembly.Table;
  readonly #handles: ExternalHandles;
  #numbers: Map<unknown, number> | undefined;

  /** `functions` answers the table of all functions of the instance, filled. */
  constructor(functions: () => WebAssembly.Table, handles: ExternalHandles) {
    this.#functions = functions;
    this.#handles = handles;
  }

  functionNumber(value: unknown): number {
    if (value === null) return nullNumber;
    this.#numbers ??= numbered(this.#functions());
    const number = this.#numbers.get(value);
    if (number === undefined) {
      throw new CaptureError("The program holds a function that is not its own.");
    }
    return number;
  }

  functionAt(number: number): unknown {
    return number === nullNumber ? null : this.#functions().get(number);
  }

  externalNumber(value: unknown): number {
    return value === null ? nullNumber : this.#handles.numberOf(value);
  }

  externalAt(number: number): unknown {
    return number === nullNumber ? null : this.#handles.valueOf(number);
  }
}

function numbered(functions: WebAssembly.Table): Map<unknown, number> {
  const numbers = new Map<unknown, number>();
  for (let index = 0; index < functions.length; index++) {
    const value = functions.get(index);
    if (!numbers.has(value)) numbers.set(value, index);
  }
  return numbers;
}

/** Handles that live as long as this object: enough within one host. */
export class HandleTable implements ExternalHandles {
  readonly #values: unknown[] = [];
  readonly #numbers = new Map<unknown, number>();

  numberOf(value: unknown): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }

  valueOf(number: number): unknown {
    if (number in this.#values) return this.#values[number];
    throw new CaptureError(`There is no handle ${number} for a value of the host.`);
  }
}
