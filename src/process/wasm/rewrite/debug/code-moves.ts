// Where every instruction of a module went when its code was written anew. Addresses are those of DWARF for
// WebAssembly: bytes from the beginning of the code section's contents. A function keeps its place in the
// order, so bodies are matched by position; what went on inside of one is said by its offset map.
import { bodyReaders, ByteReader, findSection, SectionId } from "../../binary/index.ts";
import type { WasmBinary } from "../../binary/index.ts";
import type { OffsetMap } from "../offset-map.ts";

/** One body, its local declarations included; the end is behind its last instruction. */
export interface Body {
  readonly start: number;
  readonly end: number;
}

export class CodeMoves {
  readonly #old: readonly Body[];
  readonly #new: readonly Body[];
  readonly #offsets: (position: number) => OffsetMap | undefined;
  /** The body found last: addresses come in runs. */
  #last = 0;

  /** @param newCode contents of the new code section, which may have more bodies behind the old ones */
  constructor(
    binary: WasmBinary,
    newCode: Uint8Array,
    offsets: (position: number) => OffsetMap | undefined,
  ) {
    this.#old = bodiesOf(binary);
    this.#new = bodiesIn(newCode);
    this.#offsets = offsets;
  }

  /** The new address; undefined for one that is in no function, such as those of functions left out. */
  map(address: number): number | undefined {
    const position = this.#positionOf(address);
    if (position === undefined) return undefined;
    const from = this.#old[position];
    const to = this.#new[position];
    if (to === undefined) return undefined;
    if (address === from.end) return to.end;
    const offset = address - from.start;
    return to.start + (this.#offsets(position)?.map(offset) ?? offset);
  }

  #positionOf(address: number): number | undefined {
    if (isIn(this.#old[this.#last], address)) return this.#last;
    const found = findBody(this.#old, address);
    this.#last = found ?? 0;
    return found;
  }
}

/** The position of the body that has an address; the one behind its last instruction included. */
export function findBody(bodies: readonly Body[], address: number): number | undefined {
  const position = lastStartingBy(bodies, address);
  return isIn(bodies[position], address) ? position : undefined;
}

function isIn(body: Body | undefined, address: number): boolean {
  return body !== undefined && address >= body.start && address <= body.end;
}

function lastStartingBy(bodies: readonly Body[], address: number): number {
  let low = 0;
  let high = bodies.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bodies[middle].start <= address) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** The bodies of a module, by addresses. */
export function bodiesOf(binary: WasmBinary): Body[] {
  const origin = findSection(binary, SectionId.code)?.bodyStart ?? 0;
  return [...bodyReaders(binary)].map(({ position, end }) => {
    return { start: position - origin, end: end - origin };
  });
}

function bodiesIn(code: Uint8Array): Body[] {
  const reader = new ByteReader(code);
  return Array.from({ length: reader.u32() }, () => {
    const sizeBytes = reader.u32();
    const start = reader.position;
    reader.skip(sizeBytes);
    return { start, end: reader.position };
  });
}
