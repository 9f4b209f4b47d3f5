// Copies what is handed to a simulated core. On a machine with real threads the copy is made by the
// message that carries it; simulated cores share a heap, so without this one core could change what
// another one holds. Shared lines stay shared, as they do there.
import { assert } from "../../base/index.ts";
import type { PlainData } from "../machine.ts";

const depthMax = 100;

export function copyPlainData(data: PlainData, depth = 0): PlainData {
  assert(depth < depthMax, "data for a core nests too deeply or contains itself", depth);
  if (typeof data !== "object" || data === null || data instanceof Int32Array) return data;
  if (data instanceof Uint8Array) return data.slice();
  if (isList(data)) return data.map((item) => copyPlainData(item, depth + 1));
  const entries = Object.entries(data);
  return Object.fromEntries(entries.map(([key, value]) => [key, copyPlainData(value, depth + 1)]));
}

// Array.isArray does not narrow a readonly array away from the record beside it.
function isList(data: object): data is readonly PlainData[] {
  return Array.isArray(data);
}
