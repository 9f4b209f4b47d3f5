// Value types, limits and function types as they stand in the binary format. A value type keeps its
// own bytes, so that it can be written again without our understanding every reference type.
import type { ByteReader } from "./byte-reader.ts";

export interface ValueType {
  /** "i32", "funcref", ...; a reference to a defined type reads "ref 3" or "ref null 3". */
  readonly name: string;
  readonly encoded: Uint8Array;
}

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface Limits {
  readonly minimum: number;
  readonly maximum: number | undefined;
  readonly isShared: boolean;
  /** Addresses or indices are 64 bits wide. */
  readonly is64: boolean;
  /** The flags byte itself, to be written again. */
  readonly flags: number;
}

const simpleNames: Readonly<Record<number, string>> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
  0x74: "nullexnref",
  0x73: "nullfuncref",
  0x72: "nullexternref",
  0x71: "nullref",
  0x70: "funcref",
  0x6f: "externref",
  0x6e: "anyref",
  0x6d: "eqref",
  0x6c: "i31ref",
  0x6b: "structref",
  0x6a: "arrayref",
  0x69: "exnref",
};

const nullableReference = 0x63;
const reference = 0x64;
const structType = 0x5f;
const arrayType = 0x5e;
const functionType = 0x60;
const recursiveGroup = 0x4e;
const subType = 0x50;
const finalSubType = 0x4f;

export function readValueType(reader: ByteReader): ValueType {
  const start = reader.position;
  const code = reader.u8();
  let name = simpleNames[code];
  if (code === nullableReference || code === reference) {
    name = `ref${code === nullableReference ? " null" : ""} ${reader.s33()}`;
  }
  if (name === undefined) reader.fail(`value type 0x${code.toString(16)} is unknown`, start);
  return { name, encoded: reader.bytes.subarray(start, reader.position) };
}

export function readLimits(reader: ByteReader): Limits {
  const start = reader.position;
  const flags = reader.u8();
  if (flags > 7) reader.fail(`limits with flags 0x${flags.toString(16)} are unknown`, start);
  const is64 = (flags & 4) !== 0;
  const minimum = is64 ? reader.u64() : reader.u32();
  const hasMaximum = (flags & 1) !== 0;
  const maximum = hasMaximum ? (is64 ? reader.u64() : reader.u32()) : undefined;
  return { minimum, maximum, isShared: (flags & 2) !== 0, is64, flags };
}

function readValueTypes(reader: ByteReader): ValueType[] {
  const types: ValueType[] = [];
  for (let left = reader.u32(); left > 0; left--) types.push(readValueType(reader));
  return types;
}

function skipField(reader: ByteReader): void {
  const packed = reader.bytes[reader.position];
  if (packed === 0x78 || packed === 0x77) reader.skip(1);
  else readValueType(reader);
  reader.skip(1); // mutability
}

function readCompositeType(reader: ByteReader): FunctionType | undefined {
  const start = reader.position;
  const form = reader.u8();
  if (form === functionType) {
    return { parameters: readValueTypes(reader), results: readValueTypes(reader) };
  }
  if (form === structType) {
    for (let left = reader.u32(); left > 0; left--) skipField(reader);
  } else if (form === arrayType) {
    skipField(reader);
  } else {
    reader.fail(`type form 0x${form.toString(16)} is unknown`, start);
  }
  return undefined;
}

function readSubType(reader: ByteReader): FunctionType | undefined {
  const form = reader.bytes[reader.position];
  if (form !== subType && form !== finalSubType) return readCompositeType(reader);
  reader.skip(1);
  for (let left = reader.u32(); left > 0; left--) reader.u32();
  return readCompositeType(reader);
}

/** The types by index; undefined stands for a structure or an array. */
export function readTypes(reader: ByteReader): (FunctionType | undefined)[] {
  const types: (FunctionType | undefined)[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    if (!reader.isAtEnd() && reader.bytes[reader.position] === recursiveGroup) {
      reader.skip(1);
      for (let members = reader.u32(); members > 0; members--) types.push(readSubType(reader));
    } else {
      types.push(readSubType(reader));
    }
  }
  return types;
}
