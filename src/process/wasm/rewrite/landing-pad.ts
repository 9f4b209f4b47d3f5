// The landing pad of a function: what is put around its body so that its frame is saved when the stack
// is taken out.
//
//   block $pad (result exnref)
//     try_table (result ...) (catch_ref $unwind $pad)
//       ... the body; a branch to the function's own label now leaves the try_table, and
//     end
//     return                           returns here
//   end
//   ... save the call number and the locals
//   throw_ref
//
// The two labels lie outside of the body's own, so no branch in it changes.
import { type ByteWriter, Opcode } from "../binary/index.ts";
import { SaveKind, type SavedLocal } from "./frame-layout.ts";
import type { TypeList } from "./type-list.ts";
import { Value, type ValueCode } from "./value-code.ts";

/** Catch clause that passes the payload and the exception itself. */
export const catchReference = 1;

const padLabel = 0;

/** Writes a call of an added function, by its kind or index. */
export type CallWriter = (out: ByteWriter, kind: number) => void;

export interface LandingPad {
  readonly functionIndex: number;
  readonly callLocal: number;
  readonly saved: readonly SavedLocal[];
}

export function openPad(
  out: ByteWriter,
  types: TypeList,
  results: readonly ValueCode[],
  unwindTag: number,
): void {
  out.u8(Opcode.block).u8(Value.exnref);
  out.u8(Opcode.tryTable);
  types.writeBlockType(out, results);
  out.u32(1).u8(catchReference).u32(unwindTag).u32(padLabel);
}

/** What follows the body, whose own `end` has closed the `try_table`. */
export function closePad(out: ByteWriter, pad: LandingPad, writeSave: CallWriter): void {
  out.u8(Opcode.return).u8(Opcode.end);
  out.u8(Opcode.i32Const).s32(pad.functionIndex);
  out.u8(Opcode.localGet).u32(pad.callLocal);
  writeSave(out, SaveKind.frame);
  const { saved } = pad;
  for (let at = 0; at < saved.length;) {
    const isFour = saved[at].kind === SaveKind.i32 && saved[at + 3]?.kind === SaveKind.i32;
    const count = isFour ? 4 : 1;
    for (const { local } of saved.slice(at, at + count)) out.u8(Opcode.localGet).u32(local);
    writeSave(out, isFour ? SaveKind.fourI32 : saved[at].kind);
    at += count;
  }
  out.u8(Opcode.throwRef).u8(Opcode.end);
}
