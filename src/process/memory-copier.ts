// Copying between two linear memories by a module of one instruction, `memory.copy`, that imports
// both: several times faster for short messages than a typed-array view and `set`. An instance is made
// per pair of memories once the pair has exchanged some messages. They are called through one table,
// by a function of its own: the engine compiles a call that always has the same callee into its caller.
import type { MemorySource } from "./memories.ts";

type Dispatch = (pair: number, to: number, from: number, bytes: number) => void;

/** Messages between two memories after which an instance of their own pays. */
const messagesBeforeInstance = 4;

/**
 * (module (import "m" "a" (memory 0)) (import "m" "b" (memory 0))
 *   (func (export "c") (param i32 i32 i32)
 *     (memory.copy 1 0 (local.get 0) (local.get 1) (local.get 2))))
 */
const copierBytes = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f,
  0x00, 0x02, 0x0f, 0x02, 0x01, 0x6d, 0x01, 0x61, 0x02, 0x00, 0x00, 0x01, 0x6d, 0x01, 0x62, 0x02,
  0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x63, 0x00, 0x00, 0x0a, 0x0e, 0x01,
  0x0c, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfc, 0x0a, 0x01, 0x00, 0x0b,
]);

/**
 * (module (type (func (param i32 i32 i32))) (import "m" "t" (table 1 funcref))
 *   (func (export "c") (param i32 i32 i32 i32)
 *     (call_indirect (type 0) (local.get 1) (local.get 2) (local.get 3) (local.get 0))))
 */
const dispatcherBytes = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0e, 0x02, 0x60, 0x03, 0x7f, 0x7f, 0x7f,
  0x00, 0x60, 0x04, 0x7f, 0x7f, 0x7f, 0x7f, 0x00, 0x02, 0x09, 0x01, 0x01, 0x6d, 0x01, 0x74, 0x01,
  0x70, 0x00, 0x01, 0x03, 0x02, 0x01, 0x01, 0x07, 0x05, 0x01, 0x01, 0x63, 0x00, 0x00, 0x0a, 0x0f,
  0x01, 0x0d, 0x00, 0x20, 0x01, 0x20, 0x02, 0x20, 0x03, 0x20, 0x00, 0x11, 0x00, 0x00, 0x0b,
]);

let copierModule: WebAssembly.Module | undefined;
let dispatcherModule: WebAssembly.Module | undefined;

/** Two memories between which messages go: their place in the table, or `noPlace` while they have none. */
interface Pair {
  messages: number;
  place: number;
}

/** The place of a pair that is to be copied in the ordinary way. */
export const noPlace = 0;

export class MemoryCopier {
  /** Copies for the pair at a place. */
  readonly copy: Dispatch;
  readonly #pairs = new Map<MemorySource, Map<MemorySource, Pair>>();
  readonly #table = new WebAssembly.Table({ element: "anyfunc", initial: 16 });
  readonly #freePlaces: number[] = [];
  #placesUsed = noPlace + 1;

  constructor() {
    dispatcherModule ??= new WebAssembly.Module(dispatcherBytes);
    const { exports } = new WebAssembly.Instance(dispatcherModule, { m: { t: this.#table } });
    // The module above exports exactly this function.
    this.copy = exports["c"] as Dispatch;
  }

  forget(memory: MemorySource): void {
    for (const pair of this.#pairs.get(memory)?.values() ?? []) this.#free(pair);
    this.#pairs.delete(memory);
    for (const targets of this.#pairs.values()) {
      this.#free(targets.get(memory));
      targets.delete(memory);
    }
  }

  /** A message goes between two memories: the place of the pair, or `noPlace`. */
  placeOf(from: MemorySource, to: MemorySource): number {
    if (!isPlainMemory(from) || !isPlainMemory(to)) return noPlace;
    let targets = this.#pairs.get(from);
    if (targets === undefined) this.#pairs.set(from, (targets = new Map()));
    let pair = targets.get(to);
    if (pair === undefined) targets.set(to, (pair = { messages: 0, place: noPlace }));
    if (pair.place === noPlace && ++pair.messages > messagesBeforeInstance) {
      pair.place = this.#addInstance(from, to);
    }
    return pair.place;
  }

  #addInstance(from: WebAssembly.Memory, to: WebAssembly.Memory): number {
    copierModule ??= new WebAssembly.Module(copierBytes);
    const { exports } = new WebAssembly.Instance(copierModule, { m: { a: from, b: to } });
    const place = this.#freePlaces.pop() ?? this.#placesUsed++;
    if (place === this.#table.length) this.#table.grow(place);
    this.#table.set(place, exports["c"]);
    return place;
  }

  /** Lets go of the instance: it would keep both memories. */
  #free(pair: Pair | undefined): void {
    if (pair === undefined || pair.place === noPlace) return;
    this.#table.set(pair.place, null);
    this.#freePlaces.push(pair.place);
  }
}

function isPlainMemory(source: MemorySource): source is WebAssembly.Memory {
  return source instanceof WebAssembly.Memory && source.buffer instanceof ArrayBuffer;
}
