// A probe for stack: a function whose frame is larger than anything the kernel needs, and that does
// nothing. A program in a portal runs on the stack that the kernel runs on too, and in the interrupt
// model every program does; what it imports calls the probe before the kernel, so that a program that
// has used up its stack traps here, at its own expense and before its call has begun, and never inside
// the kernel.
//
// V8 checks a large frame against the limit when the function is entered, whatever it does then. The
// frame is made large by locals that live across calls on a path that is never taken. What is called
// there is imported, so that no compiler can know that it answers the same each time and keep one
// value in place of all.
//
// How large: V8 14.6 refuses to compile a function of JavaScript with less than 40 KiB of stack left,
// and any function of the kernel may be called for the first time, or again after its code was dropped,
// on a program's stack. The kernel's own frames are a few KiB. Measured, the frame below is 80 KiB in
// the baseline and in the optimising compiler; the tests of a hostile program in `test/sdk` fail at 40.
import { ByteWriter } from "./prepare/index.ts";

/** Locals of sixteen bytes in the probe's frame. */
const localCount = 5120;

/** The name of the probe's import: a function that answers a v128, and that is never called. */
export const unknown = "unknown";

const i32 = 0x7f;
const v128 = 0x7b;
const voidType = 0;
const v128Type = 1;
const simd = 0xfd;
const v128Const = [simd, 12, ...Array<number>(16).fill(0)];
const add = [simd, 0xce, 0x01];

/** A program of two globals that are never set: the engine cannot know that the path is not taken. */
export function probeModule(): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64 * 1024);
  out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  out.u8(1).sized(new ByteWriter().raw([2, 0x60, 0, 0, 0x60, 0, 1, v128]).view());
  out.u8(2).sized(new ByteWriter().u32(1).name("shoal").name(unknown).raw([0, v128Type]).view());
  out.u8(3).sized(new ByteWriter().raw([1, voidType]).view());
  const globals = new ByteWriter().raw([2, i32, 1, 0x41, 0, 0x0b, v128, 1]);
  out.u8(6).sized(globals.raw(v128Const).u8(0x0b).view());
  out.u8(7).sized(new ByteWriter().u32(1).name("probe").raw([0, 1]).view());
  out.u8(10).sized(new ByteWriter(64 * 1024).u32(1).sized(probeBody()).view());
  return out.finish();
}

/** if (flag) { each local = unknown(); sum = the sum of all } */
function probeBody(): Uint8Array {
  const body = new ByteWriter(64 * 1024);
  body.u32(1).u32(localCount).u8(v128);
  body.raw([0x23, 0, 0x04, 0x40]);
  for (let i = 0; i < localCount; i++) body.raw([0x10, 0]).u8(0x21).u32(i);
  body.raw([0x23, 1]);
  for (let i = 0; i < localCount; i++) body.u8(0x20).u32(i).raw(add);
  return body.raw([0x24, 1, 0x0b, 0x0b]).finish();
}
