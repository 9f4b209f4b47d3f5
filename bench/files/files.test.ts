// Runs the files benchmark small, so that it cannot rot: its work is the same on both hosts, as ever.
import { expect, it } from "vitest";
import { filesBench } from "./files.ts";

/** Changes only when the benchmark's work is meant to change. */
const workHash = "954636877201660d";

it("makes, reads and removes the same files on both hosts", async () => {
  const outcome = await filesBench.run({ quick: true, log: () => undefined });
  expect(Object.keys(outcome.metrics)).toEqual([
    "smallFilesRatio",
    "smallFiles",
    "smallFiles.hostCalls",
    "smallFiles.beside",
  ]);
  expect(outcome.metrics["smallFiles.hostCalls"].value).toBeGreaterThan(0);
  expect(outcome.metrics["smallFiles"].value).toBeGreaterThan(0);
  expect(outcome.workHash).toBe(workHash);
  const [plot] = (await filesBench.plot?.(outcome.metrics)) ?? [];
  expect(plot?.svg).toContain("small files: node:wasi");
});
