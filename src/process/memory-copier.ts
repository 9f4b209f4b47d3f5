// Messages between two linear memories through a module that imports both (`wasm/pair-module.ts`): several
// times faster for short messages than typed-array views. An instance is made per pair of memories once
// the pair has exchanged some messages. They are called through tables, by functions of their own: the
// engine compiles a call that always has the same callee into its caller.
import type { MemorySource } from "./memories.ts";
import { pairModule, pairNames } from "./wasm/index.ts";

type Copy = (place: number, to: number, from: number, bytes: number) => void;
type Deliver = (place: number, toDescriptor: number, fromDescriptor: number) => number;

/** Messages between two memories after which an instance of their own pays. */
const messagesBeforeInstance = 4;

/**
 * (module
 *   (type $copy (func (param i32 i32 i32))) (type $deliver (func (param i32 i32) (result i32)))
 *   (import "m" "c" (table $copies 1 funcref)) (import "m" "d" (table $deliveries 1 funcref))
 *   (func (export "c") (param i32 i32 i32 i32)
 *     (call_indirect $copies (type $copy)
 *       (local.get 1) (local.get 2) (local.get 3) (local.get 0)))
 *   (func (export "d") (param i32 i32 i32) (result i32)
 *     (call_indirect $deliveries (type $deliver) (local.get 1) (local.get 2) (local.get 0))))
 */
const dispatcherBytes = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x1b, 0x04, 0x60, 0x03, 0x7f, 0x7f, 0x7f,
  0x00, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x60, 0x04, 0x7f, 0x7f, 0x7f, 0x7f, 0x00, 0x60, 0x03,
  0x7f, 0x7f, 0x7f, 0x01, 0x7f, 0x02, 0x11, 0x02, 0x01, 0x6d, 0x01, 0x63, 0x01, 0x70, 0x00, 0x01,
  0x01, 0x6d, 0x01, 0x64, 0x01, 0x70, 0x00, 0x01, 0x03, 0x03, 0x02, 0x02, 0x03, 0x07, 0x09, 0x02,
  0x01, 0x63, 0x00, 0x00, 0x01, 0x64, 0x00, 0x01, 0x0a, 0x1b, 0x02, 0x0d, 0x00, 0x20, 0x01, 0x20,
  0x02, 0x20, 0x03, 0x20, 0x00, 0x11, 0x00, 0x00, 0x0b, 0x0b, 0x00, 0x20, 0x01, 0x20, 0x02, 0x20,
  0x00, 0x11, 0x01, 0x01, 0x0b,
]);

let pair: WebAssembly.Module | undefined;
let dispatcher: WebAssembly.Module | undefined;

/** Two memories between which messages go: their place in the tables, or `noPlace` while they have none. */
interface Pair {
  messages: number;
  place: number;
}

/** The place of a pair that is to be copied in the ordinary way. */
export const noPlace = 0;

export class MemoryCopier {
  /** Copies for the pair at a place. */
  readonly copy: Copy;
  /** Delivers a message for the pair at a place, as `Memories.deliver`; 0 if that is not for it to do. */
  readonly deliver: Deliver;
  readonly #pairs = new Map<MemorySource, Map<MemorySource, Pair>>();
  readonly #copies = new WebAssembly.Table({ element: "anyfunc", initial: 16 });
  readonly #deliveries = new WebAssembly.Table({ element: "anyfunc", initial: 16 });
  readonly #freePlaces: number[] = [];
  #placesUsed = noPlace + 1;

  constructor() {
    dispatcher ??= new WebAssembly.Module(dispatcherBytes);
    const tables = { c: this.#copies, d: this.#deliveries };
    const { exports } = new WebAssembly.Instance(dispatcher, { m: tables });
    // The module above exports exactly these functions.
    this.copy = exports["c"] as Copy;
    this.deliver = exports["d"] as Deliver;
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
    if (pair.place === noPlace && ++pair.messages === messagesBeforeInstance) {
      pair.place = this.#addInstance(from, to);
    }
    return pair.place;
  }

  #addInstance(from: WebAssembly.Memory, to: WebAssembly.Memory): number {
    const exports = pairExports(from, to);
    if (exports === undefined) return noPlace;
    const place = this.#freePlaces.pop() ?? this.#placesUsed++;
    if (place === this.#copies.length) {
      this.#copies.grow(place);
      this.#deliveries.grow(place);
    }
    this.#copies.set(place, exports[pairNames.copy]);
    this.#deliveries.set(place, exports[pairNames.deliver]);
    return place;
  }

  /** Lets go of the instance: it would keep both memories. */
  #free(pair: Pair | undefined): void {
    if (pair === undefined || pair.place === noPlace) return;
    this.#copies.set(pair.place, null);
    this.#deliveries.set(pair.place, null);
    this.#freePlaces.push(pair.place);
  }
}

/** Undefined for a memory of 64-bit addresses, which is known by its refusal alone. */
function pairExports(
  from: WebAssembly.Memory,
  to: WebAssembly.Memory,
): WebAssembly.Exports | undefined {
  pair ??= new WebAssembly.Module(pairModule());
  const imports = { [pairNames.from]: from, [pairNames.to]: to };
  try {
    return new WebAssembly.Instance(pair, { [pairNames.module]: imports }).exports;
  } catch (error) {
    if (error instanceof WebAssembly.LinkError) return undefined;
    throw error;
  }
}

function isPlainMemory(source: MemorySource): source is WebAssembly.Memory {
  return source instanceof WebAssembly.Memory && source.buffer instanceof ArrayBuffer;
}
