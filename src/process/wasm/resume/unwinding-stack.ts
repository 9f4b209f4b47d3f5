// Our own way of taking stacks out: by an exception that every frame lands on, and back by continuation
// functions. One object for each instance; it may hold several stacks out at a time, but takes them out
// and puts them back one by one.
import { ReservedExport } from "../binary/index.ts";
import { CaptureError, NoRoomError } from "../capture-error.ts";
import { type CapturableProgram, filledFunctions } from "./capturable-program.ts";
import { continuationExport, continuationImport } from "./continuation-module.ts";
import type { FrameStore } from "./frame-store.ts";
import { type Frame, type Frames, readFrames } from "./frames.ts";
import { type ExternalHandles, HandleTable, InstanceReferences } from "./instance-references.ts";
import {
  type InstanceAccess,
  type InstanceState,
  memoriesOf,
  readState,
  writeState,
} from "./instance-state.ts";
import type { SuspendedStackCapture } from "./stack-capture.ts";

export interface UnwindingStackOptions {
  readonly program: CapturableProgram;
  readonly instance: WebAssembly.Instance;
  readonly store: FrameStore;
  /** For values of the host that the program holds; a table of this object's own unless given. */
  readonly handles?: ExternalHandles;
  /**
   * By function index, what each import is when the call that a stack was taken out of is made again;
   * asked for once. The import itself unless given.
   */
  readonly returns?: (() => WebAssembly.Table) | undefined;
}

export class UnwindingStack implements SuspendedStackCapture {
  /** For reading and writing the rest of the instance's state. */
  readonly access: InstanceAccess;
  readonly #tag: WebAssembly.Tag;
  /** Continuations linked so far, and where they stand in this table. */
  readonly #places = new Map<number, number>();
  #continuations: WebAssembly.Table | undefined;
  readonly #findReturns: () => WebAssembly.Table;
  #returns: WebAssembly.Table | undefined;

  constructor({ program, instance, store, handles, returns }: UnwindingStackOptions) {
    const functions = (): WebAssembly.Table => filledFunctions(instance);
    const references = new InstanceReferences(functions, handles ?? new HandleTable());
    this.access = { program, instance, store, references };
    this.#findReturns = returns ?? functions;
    // The rewriter added both.
    this.#tag = instance.exports[ReservedExport.unwindTag] as WebAssembly.Tag;
    store.attach(instance.exports[ReservedExport.captureTable] as WebAssembly.Table);
  }

  /** The memories of the instance, by index. */
  memories(): WebAssembly.Memory[] {
    return memoriesOf(this.access);
  }

  /** The state of the instance beside its stacks. */
  readState(): InstanceState {
    return readState(this.access);
  }

  writeState(state: InstanceState): void {
    writeState(this.access, state);
  }

  unwind(): never {
    this.access.store.begin(this.access.references);
    throw new WebAssembly.Exception(this.#tag, []);
  }

  expel(reject: (reason: WebAssembly.Exception) => void): () => Frames {
    const { store, references, program } = this.access;
    let written: Uint8Array<ArrayBuffer>;
    // These three come one right after the other, whatever else is waiting: microtasks are first in,
    // first out, and the engine lets the stack go on in the one that the rejection makes.
    queueMicrotask(() => store.begin(references));
    reject(new WebAssembly.Exception(this.#tag, []));
    queueMicrotask(() => (written = store.written()));
    return () => readFrames(program.frames, written);
  }

  isUnwinding(thrown: unknown): boolean {
    return thrown instanceof WebAssembly.Exception && thrown.is(this.#tag);
  }

  take(): Frames {
    return readFrames(this.access.program.frames, this.access.store.written());
  }

  resume(frames: Frames): () => unknown {
    const { begin, enter } = this.#prepare(frames);
    return () => {
      const beginning = begin();
      try {
        return enter();
      } catch (error) {
        throw this.#isOnItsWay(beginning, error) ? new NoRoomError(frames, error) : error;
      }
    };
  }

  resumeSuspending(frames: Frames): () => Promise<unknown> {
    const { begin, enter } = this.#prepare(frames);
    const promising = WebAssembly.promising(enter);
    return async () => {
      const beginning = begin();
      const end = promising();
      // By now it is back, and has waited or ended, or it will never be.
      const isOnItsWay = this.access.store.isBeingRead(beginning);
      try {
        return await end;
      } catch (error) {
        throw isOnItsWay && error instanceof RangeError ? new NoRoomError(frames, error) : error;
      }
    };
  }

  /** Whether the stack overflowed while frames were put back, and not afterwards. */
  #isOnItsWay(beginning: number, error: unknown): boolean {
    return error instanceof RangeError && this.access.store.isBeingRead(beginning);
  }

  /** Links what the frames need. `begin` lays out what the continuations read, right before `enter`. */
  #prepare({ version, frames }: Frames): { begin: () => number; enter: () => unknown } {
    if (version !== this.access.program.frames.version) {
      throw new CaptureError(`Frames of version ${version} cannot be put back by this version.`);
    }
    const outermost = frames.at(-1);
    if (outermost === undefined) throw new CaptureError("There is no frame to go on in.");
    const places = frames.map((frame) => this.#placeOf(frame));
    const bytes = streamOf(frames, places);
    // The table has a function at each place that was given.
    const enter = this.#table().get(places.at(-1) ?? 0) as () => unknown;
    const { store, references } = this.access;
    return { begin: () => store.begin(references, bytes), enter };
  }

  /** Where the frame's continuation stands in the table, linked now if it was not. */
  #placeOf({ functionIndex, callNumber }: Frame): number {
    const key = functionIndex * callsMax + callNumber;
    let place = this.#places.get(key);
    if (place === undefined) {
      const module = this.access.program.continuation(functionIndex, callNumber);
      const { exports } = new WebAssembly.Instance(module, this.#imports());
      place = this.#table().grow(1, exports[continuationExport]);
      this.#places.set(key, place);
    }
    return place;
  }

  #table(): WebAssembly.Table {
    this.#continuations ??= new WebAssembly.Table({ element: "anyfunc", initial: 0 });
    return this.#continuations;
  }

  #imports(): WebAssembly.Imports {
    const { declarations, additions } = this.access.program.source;
    const { memories, tables, globals } = declarations;
    const of = (kind: "memory" | "table" | "global" | "tag", count: number) => {
      const entries = Array.from({ length: count }, (_, index) => {
        return [
          `${index}`,
          this.access.program.exportOf(this.access.instance, kind, index),
        ] as const;
      });
      return Object.fromEntries(entries);
    };
    const functions = filledFunctions(this.access.instance);
    return {
      [continuationImport.store]: { ...this.access.store.exports },
      [continuationImport.memory]: of("memory", memories.length),
      [continuationImport.table]: {
        ...of("table", tables.length),
        [`${additions.functionTable}`]: functions,
      },
      [continuationImport.continuations]: { table: this.#table() },
      [continuationImport.returns]: { table: (this.#returns ??= this.#findReturns()) },
      [continuationImport.global]: of("global", globals.length),
      [continuationImport.tag]: of("tag", additions.unwindTag + 1),
    };
  }
}

/** More than a body of the largest size has room for. */
const callsMax = 2 ** 24;

// What the continuations read: the values of the outermost frame; then, for each inner one, which
// continuation it is and its values.
function streamOf(frames: readonly Frame[], places: readonly number[]): Uint8Array {
  const byteCount = frames.reduce((sum, { values }) => sum + values.length + 4, 0);
  const bytes = new Uint8Array(byteCount);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let index = frames.length - 1; index >= 0; index--) {
    if (index < frames.length - 1) {
      view.setInt32(at, places[index], true);
      at += 4;
    }
    bytes.set(frames[index].values, at);
    at += frames[index].values.length;
  }
  return bytes.subarray(0, at);
}
