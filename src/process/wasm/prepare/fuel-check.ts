// The instructions of one fuel check. The counter is a global of the module: take the cost off, and
// when it falls below zero call the kernel, which refills it. Nothing is left on the operand stack,
// so a check may stand at any instruction boundary. The cold call inside a loop costs more than the
// counting, so a branch hint goes with each check: a matrix product went from 1.8 of its time to
// 1.24; and loops without other calls are counted in strips (fuel-strip.ts).
import { ByteWriter } from "../binary/index.ts";

export interface FuelPlaces {
  /** Index of the counter. */
  readonly fuelGlobal: number;
  /** Function index of the import to call when the counter is below zero. */
  readonly preempt: number;
}

/** Where in a check its `if` stands: two bytes, before the call and the `end`. */
export function branchOffset({ preempt }: FuelPlaces, check: Uint8Array): number {
  return check.length - 1 - new ByteWriter(8).u8(0x10).u32(preempt).length - 2;
}

/** Takes `cost` off the counter and calls the kernel when it is used up. */
export function fuelCheck({ fuelGlobal, preempt }: FuelPlaces, cost: number): Uint8Array {
  const out = new ByteWriter(32);
  out.u8(0x23).u32(fuelGlobal).u8(0x41).s32(cost).u8(0x6b).u8(0x24).u32(fuelGlobal);
  out.u8(0x23).u32(fuelGlobal).u8(0x41).s32(0).u8(0x48); // i32.lt_s
  out.u8(0x04).u8(0x40).u8(0x10).u32(preempt).u8(0x0b);
  return out.finish();
}

/** Takes an amount computed at run time off the counter; a later check notices. */
export function fuelCharge({ fuelGlobal }: FuelPlaces, amount: Uint8Array): Uint8Array {
  const out = new ByteWriter(32);
  out.u8(0x23).u32(fuelGlobal).raw(amount).u8(0x6b).u8(0x24).u32(fuelGlobal);
  return out.finish();
}
