// A log that ends its process: once so many records are in it, the next call of the process, which asks
// what is stable, breaks like a trap in its code.
import { memoryLog, type MessageLog } from "../../src/recovery/index.ts";

/** What stands for a trap of the process. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Each number is a kill, once, at the first call after that many records. */
export function killedLog(kills: readonly number[], log: MessageLog = memoryLog()): MessageLog {
  const left = new Set(kills);
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "stableEnd" && left.delete(target.end)) throw new Killed(`after ${target.end}`);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
