// The name section with the names of added functions, so that a stack trace through them can be read.
import { mapNames, type WasmBinary } from "../binary/index.ts";
import type { AddedFunction } from "./added-functions.ts";

export function addNames(
  binary: WasmBinary,
  first: number,
  added: readonly AddedFunction[],
): Uint8Array | null {
  return mapNames(
    binary,
    (index) => index,
    new Map(added.map(({ name }, position) => [first + position, name])),
  );
}
