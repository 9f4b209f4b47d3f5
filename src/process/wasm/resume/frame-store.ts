// Where frames are saved: one memory outside of every program, with the functions that write to it and
// read from it. They are WebAssembly, so that every bit of a value survives, not-a-numbers and vectors
// included. One store serves all programs of a core, since a stack is taken out in one go.
//
// Writing and reading both go forward from `position`. References, which have no bits, pass through
// JavaScript and are saved as numbers that `References` gives them.
import { frameStoreModule, saveNames, type StoreExports } from "./frame-store-module.ts";

/** Gives numbers to references, and references for numbers. */
export interface References {
  functionNumber(value: unknown): number;
  functionAt(number: number): unknown;
  externalNumber(value: unknown): number;
  externalAt(number: number): unknown;
}

let compiled: WebAssembly.Module | undefined;

export class FrameStore {
  /** The functions that continuations import. */
  readonly exports: StoreExports;
  #references: References | undefined;
  #beginnings = 0;
  #bytesToRead = 0;

  constructor() {
    compiled ??= new WebAssembly.Module(frameStoreModule());
    const { exports } = new WebAssembly.Instance(compiled, {
      store: {
        functionNumber: (value: unknown) => this.#numbered().functionNumber(value),
        functionAt: (number: number) => this.#numbered().functionAt(number),
        externalNumber: (value: unknown) => this.#numbered().externalNumber(value),
        externalAt: (number: number) => this.#numbered().externalAt(number),
      },
    });
    // The module was made with these exports.
    this.exports = exports as unknown as StoreExports;
  }

  /** Lets a capturable program save its frames here. */
  attach(captureTable: WebAssembly.Table): void {
    saveNames.forEach((name, kind) => captureTable.set(kind, this.exports[name]));
  }

  /** Begins a capture, or a resumption with these bytes to read. Answers which beginning it is. */
  begin(references: References, bytes?: Uint8Array): number {
    this.#references = references;
    this.exports.position.value = 0;
    this.#bytesToRead = bytes?.length ?? 0;
    if (bytes !== undefined) {
      this.#reserve(bytes.length);
      new Uint8Array(this.exports.memory.buffer).set(bytes);
    }
    return ++this.#beginnings;
  }

  /** Whether what began then has not read all of its bytes yet. */
  isBeingRead(beginning: number): boolean {
    return beginning === this.#beginnings && this.exports.position.value < this.#bytesToRead;
  }

  /** What was written since `begin`, as a copy. */
  written(): Uint8Array<ArrayBuffer> {
    const { memory, position } = this.exports;
    return new Uint8Array(memory.buffer, 0, position.value).slice() as Uint8Array<ArrayBuffer>; // never shared
  }

  #reserve(byteCount: number): void {
    const { memory } = this.exports;
    const missing = byteCount - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  }

  #numbered(): References {
    if (this.#references === undefined) throw new Error("A frame is saved outside of a capture.");
    return this.#references;
  }
}

const pageBytes = 65536;
