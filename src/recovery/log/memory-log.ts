// A log that lives and dies with its holder: for tests, and for a process that asked for no more.
import { assert } from "../../base/index.ts";
import { LogStatus, type MessageLog } from "./message-log.ts";

export function memoryLog(): MessageLog {
  return new ArrayLog();
}

class ArrayLog implements MessageLog {
  #records: Int32Array[] = [];
  first = 0;
  /** Nobody else can have it. */
  readonly isTakenOver = false;
  image: string | undefined;

  get end(): number {
    return this.first + this.#records.length;
  }

  get stableEnd(): number {
    return this.end;
  }

  append(words: Int32Array, length: number): LogStatus {
    this.#records.push(words.slice(0, length));
    return LogStatus.ok;
  }

  whenStable(end: number, then: (status: LogStatus) => void): void {
    assert(end <= this.end, "only what was added can become stable", end, this.end);
    then(LogStatus.ok);
  }

  read(number: number): Int32Array {
    assert(number >= this.first && number < this.end, "the record is in the log", number);
    return this.#records[number - this.first];
  }

  cut(number: number, image: string): LogStatus {
    assert(number >= this.first && number <= this.end, "a cut falls inside the log", number);
    this.#records = this.#records.slice(number - this.first);
    this.first = number;
    this.image = image;
    return LogStatus.ok;
  }

  close(): void {
    this.#records = [];
  }
}
