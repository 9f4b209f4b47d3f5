// Value types as small integers, so that typing a body compares numbers. A number type or a nullable
// abstract reference is its own byte in the binary format; one bit makes an abstract reference
// non-null; references to defined types carry their index. Zero stands for the unknown operand of
// code that is never reached.
import type { ByteReader, ByteWriter } from "../binary/index.ts";

export type ValueCode = number;

export const Value = {
  unknown: 0,
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
  exnref: 0x69,
} as const;

const nullable = 0x63;
const nonNull = 0x64;
const nonNullBit = 0x100;
const firstDefined = 0x10000;

/** Abstract heap types by byte: those that engines accept without a flag. */
const abstractFirst = 0x69;
const abstractLast = 0x74;

export function isNumber(code: ValueCode): boolean {
  return code >= Value.v128 && code <= Value.i32;
}

export function isReference(code: ValueCode): boolean {
  return code !== Value.unknown && !isNumber(code);
}

function isDefined(code: ValueCode): boolean {
  return code >= firstDefined;
}

export function isNonNull(code: ValueCode): boolean {
  return isDefined(code) ? (code & 1) === 1 : (code & nonNullBit) !== 0;
}

export function asNullable(code: ValueCode): ValueCode {
  if (isNumber(code) || code === Value.unknown) return code;
  return isDefined(code) ? code & ~1 : code & ~nonNullBit;
}

export function asNonNull(code: ValueCode): ValueCode {
  if (code === Value.unknown) return code;
  return isDefined(code) ? code | 1 : code | nonNullBit;
}

/** The reference to a defined type, nullable or not. */
export function referenceTo(typeIndex: number, isNullable: boolean): ValueCode {
  return firstDefined + typeIndex * 2 + (isNullable ? 0 : 1);
}

/** Index of the type a reference refers to; undefined for abstract ones. */
export function definedTypeOf(code: ValueCode): number | undefined {
  return isDefined(code) ? (code - firstDefined) >> 1 : undefined;
}

export function readValueCode(reader: ByteReader): ValueCode {
  const start = reader.position;
  const byte = reader.u8();
  if (isNumber(byte) || isAbstract(byte)) return byte;
  if (byte === nullable || byte === nonNull) return readHeapCode(reader, byte === nullable);
  return reader.fail(`value type 0x${byte.toString(16)} is unknown`, start);
}

/** A heap type, as the reference to it. */
export function readHeapCode(reader: ByteReader, isNullable: boolean): ValueCode {
  const start = reader.position;
  const heap = reader.s33();
  if (heap >= 0) return referenceTo(heap, isNullable);
  const byte = heap & 0x7f;
  if (heap < -64 || !isAbstract(byte)) reader.fail("a heap type is unknown", start);
  return isNullable ? byte : asNonNull(byte);
}

function isAbstract(byte: number): boolean {
  return byte >= abstractFirst && byte <= abstractLast;
}

export function writeValueCode(out: ByteWriter, code: ValueCode): void {
  const typeIndex = definedTypeOf(code);
  if (typeIndex === undefined && !isNonNull(code)) {
    out.u8(code);
    return;
  }
  out.u8(isNonNull(code) ? nonNull : nullable);
  writeHeapType(out, code);
}

/** The heap type alone, as `ref.null` and casts take it. */
export function writeHeapType(out: ByteWriter, code: ValueCode): void {
  const typeIndex = definedTypeOf(code);
  if (typeIndex === undefined) out.u8(code & 0x7f);
  else out.s32(typeIndex);
}

/** Whether a reference is to a function: it can be kept in a table of functions. */
export function isFunctionReference(code: ValueCode): boolean {
  return isDefined(code) || (code & 0x7f) === Value.funcref || (code & 0x7f) === 0x73;
}

const names: Readonly<Record<number, string>> = {
  [Value.i32]: "i32",
  [Value.i64]: "i64",
  [Value.f32]: "f32",
  [Value.f64]: "f64",
  [Value.v128]: "v128",
  [Value.funcref]: "funcref",
  [Value.externref]: "externref",
  [Value.exnref]: "exnref",
};

/** For messages. */
export function nameOfValue(code: ValueCode): string {
  const typeIndex = definedTypeOf(code);
  const heap =
    typeIndex === undefined ? (names[code & 0x7f] ?? `ref 0x${code.toString(16)}`) : `${typeIndex}`;
  if (typeIndex === undefined && !isNonNull(code)) return heap;
  return `(ref ${isNonNull(code) ? "" : "null "}${heap})`;
}
