// Poison: a request that ended its server twice at the same place is set aside. The log gets a mark that
// says so, and a replay passes over the request and all that its server did about it.
import { Register, Syscall } from "../abi/index.ts";
import type { MessageLog } from "./log/index.ts";
import { kindOf, RecordKind } from "./record.ts";

/** Label of the message that answers a request which ended its server twice. w0: the fault's reason. */
export const poisonLabel = 0x7f00_0002;

export interface PoisonMark {
  /** Number of the mark's own record. */
  readonly at: number;
  readonly reason: number;
}

/** The marks in a log, by the numbers of the records that brought the requests. */
export function poisonMarks(log: MessageLog): Map<number, PoisonMark> {
  const marks = new Map<number, PoisonMark>();
  for (let at = log.first; at < log.end; at++) {
    const record = log.read(at);
    if (kindOf(record) === RecordKind.poison) marks.set(record[1]!, { at, reason: record[2]! });
  }
  return marks;
}

/** Makes of a server's call for the next request one that also refuses the last. */
export function refusePoison(registers: Int32Array, reason: number): void {
  registers[Register.call] = Syscall.replyAndReceive;
  registers[Register.a1] = 0;
  registers[Register.label] = poisonLabel;
  registers.fill(0, Register.w0, Register.w5 + 1);
  registers[Register.w0] = reason;
}
