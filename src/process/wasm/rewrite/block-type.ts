// Block types: empty, one value, or the index of a function type.
import type { ByteReader } from "../binary/index.ts";
import type { ModuleTypes, Signature } from "./module-types.ts";
import { readValueCode } from "./value-code.ts";

const emptyBlock = 0x40;
const noValues: Signature = { parameters: [], results: [] };

export function readBlockType(reader: ByteReader, { types }: ModuleTypes): Signature {
  const first = reader.bytes[reader.position];
  if (first === emptyBlock) {
    reader.skip(1);
    return noValues;
  }
  // A single byte with its sign bit set is a value type; anything else counts upwards from zero.
  if (first < 0x80 && (first & 0x40) !== 0) {
    return { parameters: [], results: [readValueCode(reader)] };
  }
  const index = reader.s33();
  return types[index] ?? reader.fail(`type ${index} is not of a function`);
}
