// The operand stack of a body while it is typed: for each value its type, where in the code it came
// to be, and the local that keeps it once it has been found to live across a call.
import type { ValueCode } from "./value-code.ts";

export const noSlot = -1;
export const noOrigin = -1;

export class OperandStack {
  types = new Int32Array(64);
  /** Offset behind the instruction that made the value: where a copy of it can be taken. */
  producedAt = new Int32Array(64);
  /** Index of the local that keeps it, or `noSlot`. */
  slots = new Int32Array(64);
  /** Index of the local that it was read from, or `noOrigin`. */
  origins = new Int32Array(64);
  height = 0;

  push(type: ValueCode, producedAt: number, origin = noOrigin): void {
    if (this.height === this.types.length) this.#grow();
    this.types[this.height] = type;
    this.producedAt[this.height] = producedAt;
    this.origins[this.height] = origin;
    this.slots[this.height++] = noSlot;
  }

  #grow(): void {
    this.types = grown(this.types);
    this.producedAt = grown(this.producedAt);
    this.slots = grown(this.slots);
    this.origins = grown(this.origins);
  }
}

function grown(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
