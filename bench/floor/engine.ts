// The part of the WebAssembly JavaScript interface that the floors use, described for modules whose
// parameters and results are all i32, and taken from the global object once.

/** A wasm function seen from outside: numbers in, a number (or nothing, read as zero) out. */
export type WasmFunction = (...args: number[]) => number;
export type PromisingFunction = (...args: number[]) => Promise<number>;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Compiled code; opaque. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WasmEngine {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
  readonly Suspending: new (run: (...args: number[]) => unknown) => object;
  promising(run: WasmFunction): PromisingFunction;
}

export type WasmImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const platform: object = globalThis;

// The engine is part of the platform: its shape is a standard, not something to check at run time.
export const engine = Reflect.get(platform, "WebAssembly") as WasmEngine;

export function exportedFunction(instance: WasmInstance, name: string): WasmFunction {
  const value = instance.exports[name];
  if (typeof value !== "function") throw new TypeError(`the module exports no function ${name}`);
  // The floors write their own modules, all of whose parameters and results are i32.
  return value as WasmFunction;
}

export function exportedMemory(instance: WasmInstance): WasmMemory {
  const value = instance.exports["memory"];
  if (typeof value !== "object") throw new TypeError("the module exports no memory");
  // As above: the one export of that name in these modules is a memory.
  return value as WasmMemory;
}
