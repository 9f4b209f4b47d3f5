// Regions: buffers outside every memory. Their bytes belong to the process port, their existence and
// size to the kernel.
import { Kind, Register, regionBytesMax, Status, regionHandle } from "../../abi/index.ts";
import { Region, regionShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { freeObject, newObject, type ObjectClass } from "./object.ts";
import { putWord, wordOf } from "./state.ts";

export const regionClass: ObjectClass = {
  create(k, space) {
    const bytes = k.registers[Register.w0]!;
    if (bytes <= 0 || bytes > regionBytesMax) {
      k.refusal = Status.badArgument;
      return 0;
    }
    const row = newObject(k, Kind.region, space);
    if (row === 0) return 0;
    if (!k.memories.createRegion(regionHandle(row), bytes)) {
      freeObject(k, Kind.region, row);
      k.refusal = Status.outOfObjects;
      return 0;
    }
    k.tables[Kind.region]!.words[(row << regionShift) + Region.bytes] = bytes;
    return row;
  },
  destroyStep(k, row) {
    k.memories.release(regionHandle(row));
    freeObject(k, Kind.region, row);
    return true;
  },
  getState(k, row, state) {
    putWord(state, "bytes", bytesOf(k, row));
  },
  setState: (k, row, state) =>
    wordOf(state, "bytes") === bytesOf(k, row) ? Status.ok : Status.badArgument,
};

export function bytesOf(k: Kernel, row: number): number {
  return k.tables[Kind.region]!.words[(row << regionShift) + Region.bytes]!;
}
