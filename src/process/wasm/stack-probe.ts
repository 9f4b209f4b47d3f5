// A probe for stack: a function whose frame is larger than anything the kernel needs, and that does
// nothing. A program in a portal runs on the stack that the kernel runs on too; its wrappers call the
// probe before they call the kernel, so that a program that has used up its stack traps here, at its
// own expense and before the call has begun, and never inside the kernel.
//
// V8 checks a large frame against the limit when the function is entered, whatever it does then. The
// frame is made large by locals that live across calls on a path that is never taken. What is called
// there is imported, so that no compiler can know that it answers the same each time and keep one
// value in place of all.
//
// Measured on V8 14.6: the probe reserves 47 KiB in the baseline and in the optimising compiler. The
// test of hostile programs in `test/sdk` fails if it is less than the kernel needs.
import { ByteWriter } from "./prepare/byte-writer.ts";

/** Locals of eight bytes in the probe's frame. */
const localCount = 6000;

/** The name of the probe's import: a function that answers an i64, and that is never called. */
export const unknown = "unknown";

const i64 = 0x7e;
const voidType = 0;
const i64Type = 1;

export function probeModule(): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64 * 1024);
  out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  out.u8(1).sized(new ByteWriter().raw([2, 0x60, 0, 0, 0x60, 0, 1, i64]).view());
  out.u8(2).sized(new ByteWriter().u32(1).name("shoal").name(unknown).raw([0, i64Type]).view());
  out.u8(3).sized(new ByteWriter().raw([1, voidType]).view());
  // A mutable global that is never set: the engine cannot know that the path is not taken.
  out.u8(6).sized(new ByteWriter().raw([1, i64, 1, 0x42, 0, 0x0b]).view());
  out.u8(7).sized(new ByteWriter().u32(1).name("probe").raw([0, 1]).view());
  out.u8(10).sized(new ByteWriter(64 * 1024).u32(1).sized(probeBody()).view());
  return out.finish();
}

/** if (global) { each local = unknown(); for each local: global += local } */
function probeBody(): Uint8Array {
  const body = new ByteWriter(64 * 1024);
  body.u32(1).u32(localCount).u8(i64);
  body.raw([0x23, 0, 0x50, 0x45, 0x04, 0x40]);
  for (let i = 0; i < localCount; i++) body.raw([0x10, 0]).u8(0x21).u32(i);
  for (let i = 0; i < localCount; i++) {
    body.raw([0x23, 0]).u8(0x20).u32(i).raw([0x7c, 0x24, 0]);
  }
  return body.raw([0x0b, 0x0b]).finish();
}
