// Instructions of the modules that import two memories, of which the first is read and the second written.
import { ByteWriter } from "./binary/index.ts";

/** Instructions that leave at most one value. */
export type Code = readonly number[];

export const fromMemory = 0;
export const toMemory = 1;

export const i32 = 0x7f;
export const i64 = 0x7e;
export const v128 = 0x7b;

const emptyBlock = 0x40;

export const op = {
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  return: 0x0f,
  get: 0x20,
  set: 0x21,
  load: 0x28,
  store: 0x36,
  memorySize: 0x3f,
  constant: 0x41,
  isZero: 0x45,
  lessSigned: 0x48,
  greaterUnsigned: 0x4b,
  lessOrEqualUnsigned: 0x4d,
  add: 0x6a,
  subtract: 0x6b,
  and: 0x71,
  or: 0x72,
  shiftRightUnsigned: 0x76,
  vectorPrefix: 0xfd,
  bulkPrefix: 0xfc,
} as const;

export function when(condition: Code, body: Code, otherwise?: Code): Code {
  const rest = otherwise === undefined ? [] : [op.else, ...otherwise];
  return [...condition, op.if, emptyBlock, ...body, ...rest, op.end];
}

export function two(operation: number, left: Code, right: Code): Code {
  return [...left, ...right, operation];
}

export function get(index: number): Code {
  return [op.get, index];
}

export function set(index: number, value: Code): Code {
  return [...value, op.set, index];
}

export function number(value: number): Code {
  return [op.constant, ...new ByteWriter().s32(value | 0).view()];
}

/** The argument of an instruction on a memory that is not the module's only one. */
export function inMemory(memory: number, alignment: number, offset: number): Code {
  return [0x40 | alignment, memory, ...new ByteWriter().u32(offset).view()];
}
