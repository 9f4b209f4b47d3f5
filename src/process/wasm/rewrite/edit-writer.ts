// Writes the edits of a body into a copy of it.
import { type ByteWriter, Opcode } from "../binary/index.ts";
import { catchReference } from "./landing-pad.ts";
import type { ClearEdit, HandlerEdit, KeepEdit } from "./edit.ts";
import { isNonNull, Value, type ValueCode } from "./value-code.ts";

/** Copies the values on top of the stack into locals, and leaves them where they are. */
export function writeKeep(out: ByteWriter, { locals, types }: KeepEdit): void {
  const last = locals.length - 1;
  for (let index = last; index > 0; index--) out.u8(Opcode.localSet).u32(locals[index]);
  if (isNonNull(types[0])) {
    out.u8(Opcode.localSet).u32(locals[0]).u8(Opcode.localGet).u32(locals[0]);
    out.u8(Opcode.refAsNonNull);
  } else {
    out.u8(Opcode.localTee).u32(locals[0]);
  }
  for (let index = 1; index <= last; index++) {
    out.u8(Opcode.localGet).u32(locals[index]);
    if (isNonNull(types[index])) out.u8(Opcode.refAsNonNull);
  }
}

export function writeCallNumber(out: ByteWriter, callNumber: number, callLocal: number): void {
  out.u8(Opcode.i32Const).s32(callNumber).u8(Opcode.localSet).u32(callLocal);
}

const zeros: readonly (readonly [type: ValueCode, constant: Uint8Array])[] = [
  [Value.i32, Uint8Array.of(Opcode.i32Const, 0)],
  [Value.i64, Uint8Array.of(0x42, 0)],
  [Value.f32, Uint8Array.of(0x43, 0, 0, 0, 0)],
  [Value.f64, Uint8Array.of(0x44, 0, 0, 0, 0, 0, 0, 0, 0)],
];

/** Whether a local of this type can be cleared. */
export function isClearable(type: ValueCode): boolean {
  return zeros.some(([clearable]) => clearable === type);
}

/** Sets the locals to zero, those of a type by one constant. */
export function writeClear(
  out: ByteWriter,
  { locals }: ClearEdit,
  types: readonly ValueCode[],
): void {
  for (const [type, constant] of zeros) {
    const [last, ...others] = locals.filter((local) => types[local] === type);
    if (last === undefined) continue;
    out.raw(constant);
    for (const local of others) out.u8(Opcode.localTee).u32(local);
    out.u8(Opcode.localSet).u32(last);
  }
}

/** The clause count, one higher, and the clause that comes first. */
export function writeHandlerClause(
  out: ByteWriter,
  { clauseCount }: HandlerEdit,
  unwindTag: number,
  padDepth: number,
): void {
  out
    .u32(clauseCount + 1)
    .u8(catchReference)
    .u32(unwindTag)
    .u32(padDepth);
}
