// The three ways TypeScript can copy bytes from one wasm memory to another. Which is fastest
// depends on the size: a view costs more than sixteen words do, the engine's memmove needs a module
// that imports both memories. The floor of a message is the fastest of them at its size.
import { instantiate } from "./assemble.ts";
import { exportedFunction, type WasmMemory } from "./engine.ts";
import { serverOffset } from "./message.ts";
import { memoryCopier } from "./programs.wat.ts";

export type Copy = (from: number, size: number) => void;
export type CopyMethod = "view" | "words" | "memmove";

export const copyMethods: readonly CopyMethod[] = ["view", "words", "memmove"];

export function makeCopy(method: CopyMethod, from: WasmMemory, to: WasmMemory): Copy {
  if (method === "view") return copyByView(from, to);
  if (method === "words") return copyByWords(from, to);
  return copyByMemmove(from, to);
}

function copyByView(fromMemory: WasmMemory, toMemory: WasmMemory): Copy {
  const source = new Uint8Array(fromMemory.buffer);
  const target = new Uint8Array(toMemory.buffer);
  return (from, size) => target.set(source.subarray(from, from + size), serverOffset);
}

function copyByWords(fromMemory: WasmMemory, toMemory: WasmMemory): Copy {
  const source = new Int32Array(fromMemory.buffer);
  const target = new Int32Array(toMemory.buffer);
  return (from, size) => {
    const first = from >> 2;
    const count = size >> 2;
    for (let i = 0; i < count; i++) target[(serverOffset >> 2) + i] = source[first + i];
  };
}

function copyByMemmove(from: WasmMemory, to: WasmMemory): Copy {
  const imports = { from: { memory: from }, to: { memory: to } };
  const copy = exportedFunction(instantiate("copier", memoryCopier, imports), "copy");
  return (offset, size) => void copy(offset, serverOffset, size);
}
