// From module text to compiled module. Text keeps the floors readable and free of build products.
import wabtFactory from "wabt";
import { engine, type WasmImports, type WasmInstance, type WasmModule } from "./engine.ts";

const wabt = await wabtFactory();

// The package's declarations do not know multi_memory yet; the parser does.
const features = { bulk_memory: true, multi_memory: true };

export function assembleBytes(name: string, text: string): Uint8Array {
  const parsed = wabt.parseWat(name, text, features);
  try {
    return parsed.toBinary({}).buffer;
  } finally {
    parsed.destroy();
  }
}

export function assemble(name: string, text: string): WasmModule {
  return new engine.Module(assembleBytes(name, text));
}

export function instantiate(name: string, text: string, imports: WasmImports = {}): WasmInstance {
  return new engine.Instance(assemble(name, text), imports);
}
