// The branch hints of a module, moved to where its instructions went. Hints of functions that were not
// changed stay as they are; a section that cannot be read is left out, as an engine would ignore it.
import { ByteReader, ByteWriter, findCustomSection, InvalidModuleError } from "../binary/index.ts";
import type { WasmBinary } from "../binary/index.ts";
import type { OffsetMap } from "./offset-map.ts";

export const branchHintSection = "metadata.code.branch_hint";

export function mapBranchHints(
  binary: WasmBinary,
  offsets: ReadonlyMap<number, OffsetMap>,
): Uint8Array | null {
  const section = findCustomSection(binary, branchHintSection);
  if (section === undefined) return null;
  const reader = new ByteReader(binary.bytes, section.bodyStart, section.end);
  const out = new ByteWriter(section.end - section.bodyStart + 64);
  try {
    const functionCount = reader.u32();
    out.u32(functionCount);
    for (let left = functionCount; left > 0; left--) mapFunction(reader, out, offsets);
    return out.finish();
  } catch (error) {
    if (error instanceof InvalidModuleError) return null;
    throw error;
  }
}

function mapFunction(
  reader: ByteReader,
  out: ByteWriter,
  offsets: ReadonlyMap<number, OffsetMap>,
): void {
  const functionIndex = reader.u32();
  const map = offsets.get(functionIndex);
  const count = reader.u32();
  out.u32(functionIndex).u32(count);
  for (let left = count; left > 0; left--) {
    const offset = reader.u32();
    out.u32(map?.map(offset) ?? offset);
    out.sized(reader.take(reader.u32()));
  }
}
