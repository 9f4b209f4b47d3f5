// Output is kept within bounds, and whoever follows it misses nothing when a file is put aside.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { olderOutputFile, outputFile, OutputLog } from "./output-log.ts";
import { OutputFollower, readOutput } from "./output-reader.ts";
import type { OutputRecord } from "./output-record.ts";

let directory = "";
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "shoal-output-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const bytesMax = 1000;
const open = (): OutputLog => new OutputLog({ directory, bytesMax });

function numbersIn(records: readonly OutputRecord[]): number[] {
  return records.map(({ bytes }) => Number(Buffer.from(bytes).toString()));
}

function writeNumbers(log: OutputLog, from: number, to: number): void {
  for (let number = from; number < to; number++) log.write("out", Buffer.from(`${number}\n`));
}

describe("the output of a program", () => {
  it("is bounded, and what is left of it is the newest", () => {
    const log = open();
    writeNumbers(log, 0, 500);
    log.close();
    for (const path of [outputFile(directory), olderOutputFile(directory)]) {
      expect(statSync(path).size).toBeLessThanOrEqual(bytesMax);
    }
    const numbers = numbersIn(readOutput(directory));
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual(Array.from(numbers, (_, i) => 500 - numbers.length + i));
  });

  it("goes on where it was when it is opened again", () => {
    for (const from of [0, 5]) {
      const log = open();
      writeNumbers(log, from, from + 5);
      log.close();
    }
    expect(numbersIn(readOutput(directory))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("keeps a record that is larger than a file", () => {
    const log = open();
    log.write("out", Buffer.from(`${"x".repeat(bytesMax * 2)}\n`));
    log.write("out", Buffer.from("1\n"));
    log.close();
    expect(readOutput(directory).map(({ bytes }) => bytes.length)).toEqual([bytesMax * 2, 1]);
  });

  it("is followed over files that are put aside, once and in order", async () => {
    const log = open();
    let written = 0;
    const writeMore = (): void => writeNumbers(log, written, (written += 3));
    writeMore();
    const seen: OutputRecord[] = [];
    const all = Promise.withResolvers<void>();
    const count = 60;
    const follower = new OutputFollower(directory, (records) => {
      seen.push(...records);
      // The next are written when these were seen: none is put aside twice before anybody looks.
      if (seen.length === count) all.resolve();
      else if (seen.length === written) setImmediate(writeMore);
    });
    await all.promise;
    follower.close();
    log.close();
    expect(numbersIn(seen)).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(statSync(olderOutputFile(directory)).size).toBeGreaterThan(0);
  });
});
