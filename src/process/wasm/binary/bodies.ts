// The bodies of the code section, one reader for each.
import { ByteReader } from "./byte-reader.ts";
import { SectionId, sectionReader } from "./sections.ts";
import { readValueType } from "./value-type.ts";
import type { WasmBinary } from "./sections.ts";

/** A reader over each body, its local declarations first. */
export function* bodyReaders(binary: WasmBinary): Generator<ByteReader> {
  const section = sectionReader(binary, SectionId.code);
  if (section === undefined) return;
  for (let left = section.u32(); left > 0; left--) {
    const sizeBytes = section.u32();
    const start = section.position;
    section.skip(sizeBytes);
    yield new ByteReader(binary.bytes, start, section.position);
  }
  if (!section.isAtEnd()) section.fail("the code section has bytes after its last function");
}

/** Passes over the local declarations at the head of a body. */
export function skipLocals(reader: ByteReader): void {
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32();
    readValueType(reader);
  }
}
