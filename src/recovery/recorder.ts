// Writes down what a live process hears: a record for each call that is over, a mark for a request that is
// set aside, and the end of the process.
import type { Ledger } from "./ledger.ts";
import { visitHeard } from "./heard.ts";
import { LogStatus, type MessageLog } from "./log/index.ts";
import type { PendingCall } from "./pending-call.ts";
import type { ProcessMemory } from "./process-memory.ts";
import { exitRecord, poisonRecord, RecordWriter } from "./record.ts";
import { bytesSaid } from "./said.ts";

export interface RecorderOptions {
  readonly registers: Int32Array;
  readonly memory: ProcessMemory;
  readonly log: MessageLog;
  readonly ledger: Ledger;
}

export class Recorder {
  /** Words of records since the last image. */
  wordsSinceImage = 0;
  readonly #options: RecorderOptions;
  readonly #writer = new RecordWriter();
  /** The bytes of a call whose answer may be written over them. */
  #said: Uint8Array = new Uint8Array(0);
  #hasExit = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** The call in the registers is about to be made. */
  before(): void {
    const { registers, memory, ledger } = this.#options;
    if (ledger.needsSaid(registers)) this.#said = bytesSaid(registers, memory);
  }

  /** A call is over: what it told the process goes into the log. */
  over(call: PendingCall): LogStatus {
    const { registers, memory, log, ledger } = this.#options;
    const writer = this.#writer;
    writer.begin(call.number, call.digest, registers);
    visitHeard(call.asked, registers, call.strings, memory, (address, bytes) =>
      writer.add(memory, address, bytes),
    );
    const number = log.end;
    const status = log.append(writer.words, writer.length);
    if (status !== LogStatus.ok) return status;
    this.wordsSinceImage += writer.length;
    ledger.over(call, registers, number, () => this.#said, false);
    return status;
  }

  setAside(request: number, reason: number): LogStatus {
    return this.#append(poisonRecord(request, reason));
  }

  /** The process has ended; it is said once. */
  exited(code: number): LogStatus {
    if (this.#hasExit) return LogStatus.ok;
    this.#hasExit = true;
    return this.#append(exitRecord(code));
  }

  /** The log says already that the process has ended. */
  hasExited(): void {
    this.#hasExit = true;
  }

  #append(record: Int32Array): LogStatus {
    return this.#options.log.append(record, record.length);
  }
}
