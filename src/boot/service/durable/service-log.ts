// The log as a durable service writes it: records go in, and what follows from them is done once they are stable, in
// their order.
import { LogStatus, type MessageLog, ReplayError } from "../../../recovery/index.ts";
import { encodeRecord, type ServiceRecord } from "./service-record.ts";

const wordBytes = 4;

export class ServiceLog {
  readonly #log: MessageLog;
  readonly #onFailure: (error: unknown) => void;
  #wordsSinceImage = 0;
  /** What waits for its records to be stable. */
  #pendingCount = 0;

  /** `onFailure`: it takes no more, and the service cannot go on. */
  constructor(log: MessageLog, onFailure: (error: unknown) => void) {
    this.#log = log;
    this.#onFailure = onFailure;
  }

  get bytesSinceImage(): number {
    return this.#wordsSinceImage * wordBytes;
  }

  imageMade(): void {
    this.#wordsSinceImage = 0;
  }

  /** @throws ReplayError if there is no room */
  keep(record: ServiceRecord): void {
    const words = encodeRecord(record);
    this.#wordsSinceImage += words.length;
    if (this.#log.append(words, words.length) === LogStatus.ok) return;
    const error = new ReplayError(
      "its message log takes no more: there is no room where it is kept",
    );
    this.#onFailure(error);
    throw error;
  }

  /** Whether all is stable that is there, and nobody waits. */
  get isStable(): boolean {
    return this.#pendingCount === 0 && this.#log.stableEnd >= this.#log.end;
  }

  /** Once all is stable that is there now. */
  whenStable(then: () => void): void {
    this.#pendingCount++;
    this.#log.whenStable(this.#log.end, (status) => {
      this.#pendingCount--;
      if (status === LogStatus.ok) then();
      else this.#onFailure(new ReplayError("the store that keeps its log failed"));
    });
  }
}
