// The function of a continuation that makes an exception again from what was saved of it: it throws one
// with the saved tag and payload, and catches it.
//
//   (result exnref)
//   block $caught (result exnref)
//     try_table (catch_all_ref $caught)
//       block ... a block for each tag, one in the other ...
//         take the tag, br_table
//       end
//       ... for each tag: take the payload, throw
//     end
//     ref.null exn  return               for null, and for what was not needed
//   end
//
// The payload lies from its last value to its first, so it goes through locals.
import { ByteWriter, Opcode } from "../binary/index.ts";
import {
  type CaptureSource,
  payloadsOf,
  runsOf,
  saveKindOf,
  Value,
  type ValueCode,
  writeRuns,
} from "../rewrite/index.ts";
import { takerOf, writeTake } from "./take.ts";

const emptyBlock = 0x40;
const catchAllReference = 3;
const refNull = 0xd0;
const exceptionHeap = 0x69;
const unreachable = 0x00;
const takeTag = 0;

/** Local declarations and code. */
export function writeExceptionTaker(module: CaptureSource["module"]): Uint8Array {
  const payloads = payloadsOf(module);
  const out = new ByteWriter(256);
  const locals = payloads.flat();
  const runs = runsOf(locals.filter(canBeTaken));
  out.u32(runs.length);
  writeRuns(out, runs);
  out.u8(Opcode.block).u8(Value.exnref);
  out.u8(Opcode.tryTable).u8(emptyBlock).u32(1).u8(catchAllReference).u32(0);
  writeTagBranch(out, payloads.length);
  let local = 0;
  payloads.forEach((payload, tag) => {
    if (payload.every(canBeTaken)) {
      writeThrow(out, tag, payload, local);
      local += payload.length;
    } else {
      local += payload.filter(canBeTaken).length;
      out.u8(unreachable);
    }
    out.u8(Opcode.end);
  });
  out.u8(Opcode.end);
  out.u8(refNull).u8(exceptionHeap).u8(Opcode.return);
  return out.u8(Opcode.end).u8(Opcode.end).finish();
}

function canBeTaken(type: ValueCode): boolean {
  return saveKindOf(type) !== undefined;
}

// Label 0 is the first tag's block; a number that is no tag's leaves the handler.
function writeTagBranch(out: ByteWriter, tagCount: number): void {
  for (let tag = 0; tag < tagCount; tag++) out.u8(Opcode.block).u8(emptyBlock);
  out.u8(Opcode.block).u8(emptyBlock);
  out.u8(Opcode.call).u32(takeTag).u8(Opcode.branchTable).u32(tagCount);
  for (let tag = 0; tag < tagCount; tag++) out.u32(tag);
  out.u32(tagCount + 1);
  out.u8(Opcode.end);
}

function writeThrow(
  out: ByteWriter,
  tag: number,
  payload: readonly ValueCode[],
  firstLocal: number,
): void {
  payload.toReversed().forEach((type, index) => {
    writeTake(out, type, takerOf(type));
    out.u8(Opcode.localSet).u32(firstLocal + payload.length - 1 - index);
  });
  payload.forEach((_, index) => out.u8(Opcode.localGet).u32(firstLocal + index));
  out.u8(Opcode.throw).u32(tag);
}
