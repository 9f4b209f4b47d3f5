// Records whose number decides their length and content, so that any of them can be checked alone.
import { expect } from "vitest";
import { LogStatus, type MessageLog } from "../../../src/recovery/log/index.ts";

/**
 * Words of record `number`: none to a few dozen, and now and then more than a small segment has.
 * `salt` tells the records of one owner apart.
 */
export function recordOf(number: number, salt = 0): Int32Array {
  const words = new Int32Array(number % 13 === 5 ? 310 : (number * 7) % 40);
  return words.map((_, index) => Math.imul(number + 1, 0x85eb_ca6b) + index + salt);
}

export function appendRecord(log: MessageLog, salt = 0): LogStatus {
  const words = recordOf(log.end, salt);
  return log.append(words, words.length);
}

export function appendRecords(log: MessageLog, count: number, salt = 0): void {
  for (let added = 0; added < count; added++) {
    expect(appendRecord(log, salt)).toBe(LogStatus.ok);
  }
}

/** Checks that every record kept is the one of its number. */
export function expectRecords(log: MessageLog, salt = 0): void {
  for (let number = log.first; number < log.end; number++) {
    const found = log.read(number);
    const isSame = Buffer.from(found.buffer, found.byteOffset, found.byteLength).equals(
      Buffer.from(recordOf(number, salt).buffer),
    );
    if (!isSame)
      expect({ number, words: [...found] }).toEqual({ number, words: [...recordOf(number, salt)] });
  }
}
