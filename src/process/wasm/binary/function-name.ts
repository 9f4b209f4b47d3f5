// The name of one function, for a person who reads where a program broke.
import { ByteReader } from "./byte-reader.ts";
import { InvalidModuleError } from "./invalid-module-error.ts";
import { findCustomSection, type WasmBinary } from "./sections.ts";

const functionNames = 1;

/** Undefined when the module does not say, or says it in a way that cannot be read. */
export function readFunctionName(binary: WasmBinary, functionIndex: number): string | undefined {
  const section = findCustomSection(binary, "name");
  if (section === undefined) return undefined;
  try {
    return findName(new ByteReader(binary.bytes, section.bodyStart, section.end), functionIndex);
  } catch (error) {
    if (error instanceof InvalidModuleError) return undefined;
    throw error;
  }
}

function findName(reader: ByteReader, functionIndex: number): string | undefined {
  while (!reader.isAtEnd()) {
    const id = reader.u8();
    const end = reader.u32() + reader.position;
    if (id === functionNames) {
      for (let left = reader.u32(); left > 0; left--) {
        if (reader.u32() === functionIndex) return reader.name();
        reader.skip(reader.u32());
      }
    }
    reader.position = end;
  }
  return undefined;
}
