// The time that is spent looking for lines: none where it would keep the other side away, and otherwise more than a
// wake-up takes.
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { measureWakeNs, patienceOf } from "./link-patience.ts";

it("nobody looks where threads outnumber processors", () => {
  expect(patienceOf({ threads: 2, processors: 1, wakeNs: 5000 })).toBe(0);
  expect(patienceOf({ threads: 3, processors: 2, wakeNs: 5000 })).toBe(0);
});

it("looking takes longer than a wake-up, within limits", () => {
  for (const wakeNs of [1000, 40_000, 90_000]) {
    expect(patienceOf({ threads: 2, processors: 2, wakeNs })).toBeGreaterThan(wakeNs);
  }
  expect(patienceOf({ threads: 2, processors: 2, wakeNs: 10_000_000 })).toBeLessThan(1_000_000);
});

it("a wake-up is measured by two threads together", async () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(
    `const { workerData } = require("node:worker_threads");
     import(workerData.url).then(({ measureWakeNs }) => measureWakeNs(workerData.words, 1, 5));`,
    {
      eval: true,
      workerData: { words, url: new URL("./link-patience.ts", import.meta.url).href },
    },
  );
  expect(measureWakeNs(words, 0, 5)).toBeGreaterThan(0);
  await worker.terminate();
});
