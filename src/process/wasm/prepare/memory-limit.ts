// The enforced limit on memory: every memory a module defines gets a declared maximum no larger
// than the limit, so that the engine itself refuses to grow past it. Imported memories are made by
// the loader, which finds their sizes in the facts; here they are only checked.
import {
  ByteWriter,
  InvalidModuleError,
  SectionId,
  findSection,
  readLimits,
  sectionReader,
  writeBinary,
} from "../binary/index.ts";
import type { ByteReader, Declarations, Limits, WasmBinary } from "../binary/index.ts";

export const pageBytes = 65536;

/** The same bytes when every defined memory already keeps to the limit. */
export function limitMemories(
  binary: WasmBinary,
  declarations: Declarations,
  maximumBytes: number,
): Uint8Array {
  const maximumPages = Math.floor(maximumBytes / pageBytes);
  const offset = findSection(binary, SectionId.memory)?.start ?? 0;
  for (const limits of declarations.memories) refuseTooLarge(limits, maximumPages, offset);
  const defined = declarations.memories.slice(declarations.importedCounts.memory);
  if (defined.every((limits) => (limits.maximum ?? Infinity) <= maximumPages)) return binary.bytes;
  const reader = sectionReader(binary, SectionId.memory);
  if (reader === undefined) return binary.bytes;
  const sections = new Map([[SectionId.memory, limitedSection(reader, maximumPages)]]);
  return writeBinary(binary, { sections });
}

function refuseTooLarge(limits: Limits, maximumPages: number, offset: number): void {
  if (limits.minimum <= maximumPages) return;
  const neededBytes = limits.minimum * pageBytes;
  throw new InvalidModuleError(
    `it needs ${neededBytes} bytes of memory to start, above the limit`,
    offset,
    `Raise the memory limit to at least ${neededBytes} bytes.`,
  );
}

function limitedSection(reader: ByteReader, maximumPages: number): Uint8Array {
  const out = new ByteWriter();
  const count = reader.u32();
  out.u32(count);
  for (let left = count; left > 0; left--) {
    const limits = readLimits(reader);
    const maximum = Math.min(limits.maximum ?? maximumPages, maximumPages);
    out
      .u8(limits.flags | 1)
      .u32(limits.minimum)
      .u32(maximum);
  }
  return out.finish();
}
