// An answer of a service, before it is bytes.
import { Tell } from "./wire.ts";

export interface Telling {
  readonly label: number;
  readonly word: number;
  /** What the body is made of; undefined: there is none. */
  readonly value: unknown;
}

export function errorTelling(error: unknown): Telling {
  return { label: Tell.error, word: 0, value: error };
}
