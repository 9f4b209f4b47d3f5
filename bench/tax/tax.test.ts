// The tax benchmark, small, as a user would run it: every form of a program gives the same output, and
// the metrics that others quote are there.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../harness/metric.ts";
import { readEntries } from "../harness/results.ts";

const command = join(import.meta.dirname, "../main.ts");

/** Changes only when the benchmark's work is meant to change. */
const workHash = "7e76d33b6ccfe153";

describe("bench tax", () => {
  let out = "";
  let report: Report;
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), "shoal-bench-tax-"));
    const args = [command, "tax", "--json", "--quick", "--plot", "--out", out];
    const stdout = execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" });
    // The shape is what the tests below look at, member by member.
    report = JSON.parse(stdout) as Report;
  }, 120_000);
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it("gets the same output from every form of a program as ever", () => {
    expect(readEntries(join(out, "results"), "tax").at(-1)?.workHash).toBe(workHash);
  });

  it("says what it costs to run, to rewrite, to take a stack out and to put it back", () => {
    const names = ["taxCheckpoint", "taxPreempt", "taxAsyncify", "taxAsyncifyPreempt"];
    names.push("sizeCheckpoint", "rewriteMBps", "captureNsPerFrame");
    names.push("resumeMs.cold", "resumeMs.cached");
    for (const name of names) expect(report.metrics[name]?.value, name).toBeGreaterThan(0);
  });

  it("makes a program that can be taken out smaller than Asyncify does", () => {
    const { sizeCheckpoint, sizeAsyncify } = report.metrics;
    expect(sizeCheckpoint.value).toBeGreaterThan(1);
    expect(sizeCheckpoint.value).toBeLessThan(sizeAsyncify.value);
  });

  it("draws the tax", () => {
    expect(readdirSync(join(out, "plots"))).toContain("tax.svg");
  });
});
