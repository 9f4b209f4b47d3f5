// The replay of a process: its calls are compared with the log and answered from it. What the records
// changed in the kernel and in what the server owes is done again where it does not stand any more:
// in a new kernel.
import { Register, Status, statusName, syscallName } from "../abi/index.ts";
import { assert } from "../base/index.ts";
import type { MessageLog } from "./log/index.ts";
import type { Ledger } from "./ledger.ts";
import type { PendingCall } from "./pending-call.ts";
import { type PoisonMark, poisonMarks } from "./poison.ts";
import type { ProcessMemory } from "./process-memory.ts";
import {
  applyRecord,
  callOf,
  digestIn,
  kindOf,
  RecordKind,
  registerIn,
  statusIn,
} from "./record.ts";
import { isRemade } from "./remade.ts";
import { bytesSaid } from "./said.ts";

export interface ReplayOptions {
  readonly registers: Int32Array;
  readonly memory: ProcessMemory;
  readonly log: MessageLog;
  readonly ledger: Ledger;
  /** Where the program that is brought up stands in the log. */
  readonly position: number;
}

/**
 * What becomes of a call in replay. answered: its result is there. remake: it is to be made in the
 * kernel, too, and then `answer`ed. exit: it is the last one. differs: the log has another.
 */
export type Replayed = "answered" | "remake" | "exit" | "differs";

export class Replay {
  /** Why the request just passed over was set aside, until the process hears another. */
  poison: number | undefined;
  readonly #options: ReplayOptions;
  /** The bytes of a call whose answer may be written over them. */
  #said: Uint8Array = new Uint8Array(0);
  #marks: Map<number, PoisonMark>;
  /** The record that answers the next call. */
  #next: number;
  /** What the records before this one changed outside of the process stands. */
  #accounted: number;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#next = options.position;
    this.#accounted = options.position;
    this.#marks = poisonMarks(options.log);
  }

  get accounted(): number {
    return this.#accounted;
  }

  /** Back to a record; what the records changed in this kernel stands. */
  restart(position: number): void {
    assert(position <= this.#accounted, "what was before stands", position, this.#accounted);
    this.#next = position;
    this.#marks = poisonMarks(this.#options.log);
    this.poison = undefined;
  }

  /** The log has grown by what a live process heard and did. */
  grown(): void {
    this.#accounted = this.#options.log.end;
  }

  /** Whether there is no record left for this call. Goes past requests that were set aside. */
  isOver(call: PendingCall): boolean {
    for (let mark = this.#marks.get(this.#next); mark; mark = this.#marks.get(this.#next)) {
      if (this.#next >= this.#accounted) this.#refuse(call, mark);
      this.poison = mark.reason;
      this.#next = mark.at + 1;
    }
    return this.#next >= this.#options.log.end;
  }

  /** Whether every record has been given to the process. */
  get isUsedUp(): boolean {
    return this.#next >= this.#options.log.end;
  }

  /** Whether the log ends with the end of the process. */
  get hasExit(): boolean {
    const { log } = this.#options;
    return log.end > log.first && kindOf(log.read(log.end - 1)) === RecordKind.exit;
  }

  /** Looks the call up in the log. */
  step(call: PendingCall): Replayed {
    const { log, registers, memory, ledger } = this.#options;
    const record = log.read(this.#next);
    if (kindOf(record) === RecordKind.exit) {
      this.#next++;
      return "exit";
    }
    if (callOf(record) !== call.number || digestIn(record) !== call.digest) return "differs";
    if (this.#next >= this.#accounted && statusIn(record) === Status.ok) {
      if (ledger.needsSaid(registers)) this.#said = bytesSaid(registers, memory);
      ledger.owed.saying(registers, () => bytesSaid(registers, memory));
      if (isRemade(call.number)) return "remake";
    }
    this.answer(call);
    return "answered";
  }

  /** Gives the process what the next record holds. */
  answer(call: PendingCall): void {
    const { registers, memory, log, ledger } = this.#options;
    const number = this.#next++;
    const record = log.read(number);
    this.poison = undefined;
    applyRecord(record, registers, memory);
    if (number < this.#accounted) return;
    ledger.over(call, registers, number, () => this.#said, true);
    this.#accounted = number + 1;
  }

  /** Why the call just made again is not what the record says, or undefined if it is. */
  unmade(call: PendingCall): string | undefined {
    const status = this.#options.registers[Register.status]!;
    if (status === Status.ok) return undefined;
    return (
      `record ${this.#next}, ${nameOf(call.number)}, cannot be made again in a new kernel ` +
      `(${statusName(status)}): the process had a capability that came in a message`
    );
  }

  /** How the call differs from what the log has next. */
  difference(call: PendingCall): string {
    const { log } = this.#options;
    const then = nameOf(callOf(log.read(this.#next)));
    const now = nameOf(call.number);
    const what = now === then ? `${now} with another message` : `${now} where it made ${then}`;
    return `its replay differs from its log at record ${this.#next} of ${log.end}: it made ${what}`;
  }

  /** Counts a request that was set aside as heard and answered. */
  #refuse(call: PendingCall, mark: PoisonMark): void {
    const { registers, memory, log, ledger } = this.#options;
    const { owed } = ledger;
    const badge = registerIn(log.read(this.#next), Register.badge);
    owed.saying(registers, () => bytesSaid(registers, memory));
    owed.over(call.asked, Status.ok, badge, true);
    owed.refused(mark.reason);
    this.#accounted = mark.at + 1;
  }
}

function nameOf(call: number): string {
  return syscallName(call) ?? `call ${call}`;
}
