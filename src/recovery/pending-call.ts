// The call that a durable process is making: as it asked for it, which is what a replay is compared with
// and what a receive is looked up by once it is over.
import { Register, registerCount } from "../abi/index.ts";
import { offeredStrings } from "./heard.ts";
import type { ProcessMemory } from "./process-memory.ts";
import { digestOf } from "./said.ts";

export class PendingCall {
  /** The registers as the call was made. */
  readonly asked = new Int32Array(registerCount);
  /** Strings that its descriptor offers room for. */
  strings = 0;
  /** Of what it says. */
  digest = 0;

  /** Takes the call that is in the registers. */
  take(registers: Int32Array, memory: ProcessMemory): void {
    this.asked.set(registers);
    this.strings = offeredStrings(this.asked, memory);
    this.digest = digestOf(registers, memory);
  }

  get number(): number {
    return this.asked[Register.call]!;
  }
}
