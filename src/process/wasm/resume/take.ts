// Taking one saved value back, in a continuation.
import { type ByteWriter, Opcode } from "../binary/index.ts";
import {
  isNonNull,
  SaveKind,
  saveKindOf,
  Value,
  type ValueCode,
  writeHeapType,
} from "../rewrite/index.ts";

/** Function index, in a continuation, of what takes each kind of value. */
const takerOfKind: Readonly<Record<number, number>> = {
  [SaveKind.i32]: 0,
  [SaveKind.i64]: 1,
  [SaveKind.f32]: 2,
  [SaveKind.f64]: 3,
  [SaveKind.v128]: 4,
  [SaveKind.function]: 5,
  [SaveKind.external]: 6,
  [SaveKind.exception]: 7,
};

export function takerOf(type: ValueCode): number {
  const taker = takerOfKind[saveKindOf(type) ?? -1];
  if (taker === undefined) throw new Error(`A value of type ${type} was never saved.`);
  return taker;
}

const castNonNull = 0x16;
const castNullable = 0x17;

/** Leaves the value on the stack, with its own type. */
export function writeTake(out: ByteWriter, type: ValueCode, taker: number): void {
  out.u8(Opcode.call).u32(taker);
  const isPlain = type === Value.funcref || saveKindOf(type) !== SaveKind.function;
  if (isPlain && !isNonNull(type)) return;
  if (isPlain && type !== Value.funcref) {
    out.u8(Opcode.refAsNonNull);
    return;
  }
  out.u8(0xfb).u32(isNonNull(type) ? castNonNull : castNullable);
  writeHeapType(out, type);
}
