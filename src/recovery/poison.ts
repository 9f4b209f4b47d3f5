// Poison: a request that ended its server twice at the same place is set aside. The log gets a mark that
// says so, and a replay passes over the request and all that its server did about it.
import { Register, Status, Syscall } from "../abi/index.ts";
import { LogStatus, type MessageLog } from "./log/index.ts";
import { callOf, kindOf, poisonRecord, RecordKind, statusIn } from "./record.ts";

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

/**
 * Whether a process that stands at a record was serving a request which has been set aside since: it cannot pass
 * over what it has heard.
 */
export function servesPoison(log: MessageLog, position: number): boolean {
  for (let at = Math.max(position, log.first); at < log.end; at++) {
    const record = log.read(at);
    if (kindOf(record) === RecordKind.poison && record[1]! < position) return true;
  }
  return false;
}

/**
 * The record that brought the request which a server was serving when its log ended; undefined if it served
 * none, or one that is older than the log.
 */
export function requestServedAtEnd(log: MessageLog): number | undefined {
  for (let at = log.end - 1; at >= log.first; at--) {
    const record = log.read(at);
    if (kindOf(record) !== RecordKind.call) return undefined;
    if (statusIn(record) !== Status.ok) continue;
    const call = callOf(record);
    if (call === Syscall.receive || call === Syscall.replyAndReceive) return at;
    // It has been answered, or is to be answered later.
    if (call === Syscall.reply || call === Syscall.saveReply) return undefined;
  }
  return undefined;
}

/** Sets a request aside, for the replays to come. False if the log takes no more. */
export function setAsideInLog(log: MessageLog, request: number, reason: number): boolean {
  const record = poisonRecord(request, reason);
  return log.append(record, record.length) === LogStatus.ok;
}

/** Makes of a server's call for the next request one that also refuses the last. */
export function refusePoison(registers: Int32Array, reason: number): void {
  registers[Register.call] = Syscall.replyAndReceive;
  registers[Register.a1] = 0;
  registers[Register.label] = poisonLabel;
  registers.fill(0, Register.w0, Register.w5 + 1);
  registers[Register.w0] = reason;
}
