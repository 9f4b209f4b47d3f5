// Test support: modules written as text, and the comparison of a program before and after
// preparation.
import wabt from "wabt";

const toolkit = await wabt();

const features = {
  exceptions: true,
  threads: true,
  bulk_memory: true,
  reference_types: true,
  simd: true,
  tail_call: true,
  multi_value: true,
  memory64: true,
  extended_const: true,
  multi_memory: true,
};

/** The binary of a module in text form, with its names. */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = toolkit.parseWat("fixture.wat", text, features);
  try {
    const { buffer } = module.toBinary({ write_debug_names: true, canonicalize_lebs: true });
    return Uint8Array.from(buffer);
  } finally {
    module.destroy();
  }
}

/** What a call came to: its result, or the engine's words for the trap. */
export type Outcome = { readonly value: unknown } | { readonly trap: string };

export function call(instance: WebAssembly.Instance, name: string, ...values: unknown[]): Outcome {
  const exported = instance.exports[name] as (...values: unknown[]) => unknown; // fixtures know it
  try {
    return { value: exported(...values) };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return { trap: error.message };
    throw error;
  }
}

export interface FuelledInstance {
  readonly instance: WebAssembly.Instance;
  /** How often the program asked for more fuel. */
  readonly preemptions: () => number;
}

/** An instance of a module with fuel whose kernel refills `slice` units each time. */
export function instantiateFuelled(
  module: WebAssembly.Module,
  slice: number,
  imports: WebAssembly.Imports = {},
): FuelledInstance {
  let preemptions = 0;
  const refill = (): void => {
    preemptions++;
    fuelOf(instance).value = slice;
  };
  const shoal = { ...imports["shoal"], preempt: refill };
  const instance = new WebAssembly.Instance(module, { ...imports, shoal });
  fuelOf(instance).value = slice;
  return { instance, preemptions: () => preemptions };
}

export function fuelOf(instance: WebAssembly.Instance): WebAssembly.Global {
  return instance.exports["shoal_fuel"] as WebAssembly.Global; // every module with fuel exports it
}
