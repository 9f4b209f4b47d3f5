// A cell that can be lost: the logs of its processes stand outside of it, and from the moment of its death
// nothing is added to them any more.
import { hash } from "node:crypto";
import { SimDisk } from "../../src/machine/sim/index.ts";
import { LogStatus, memoryLog, type MessageLog } from "../../src/recovery/index.ts";

/** Just before a record is added, so that it is lost with the cell, or just after. */
export type Moment = "before" | "after";

/** The logs of several processes, which all die when so many records were added to all of them. */
export class CellLogs {
  readonly kept: readonly MessageLog[];
  /** Where the processes of the cell keep their images. */
  readonly disk = new SimDisk();
  /** Which life of the cell this is. */
  epoch = 0;
  #left = Infinity;
  #moment: Moment = "after";
  #isDead = false;
  #onDeath = (): void => undefined;
  added = 0;

  constructor(count: number) {
    this.kept = Array.from({ length: count }, () => memoryLog());
  }

  /** A new cell over the same logs, which dies after `records` more. Answers when it has. */
  begin(records = Infinity, moment: Moment = "after"): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.epoch++;
    this.#left = records;
    this.#moment = moment;
    this.#isDead = false;
    this.#onDeath = resolve;
    return promise;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The logs as the cell's processes have them. */
  logs(): MessageLog[] {
    return this.kept.map((log) => {
      const append = (words: Int32Array, length: number): LogStatus =>
        this.#append(log, words, length);
      return new Proxy(log, {
        get(target, name) {
          if (name === "append") return append;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    });
  }

  #append(log: MessageLog, words: Int32Array, length: number): LogStatus {
    if (this.#isDead) return LogStatus.failed;
    this.#left--;
    if (this.#left < 0 || (this.#left === 0 && this.#moment === "before")) return this.#die();
    this.added++;
    const status = log.append(words, length);
    if (this.#left === 0) this.#die();
    return status;
  }

  #die(): LogStatus {
    this.#isDead = true;
    this.#onDeath();
    return LogStatus.failed;
  }
}

/** SHA-256, as images name their pages. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}
