// The channel benchmark runs small, as a user would run it, so that it cannot rot.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Report } from "../harness/metric.ts";
import { readEntries } from "../harness/results.ts";

/** Changes only when the benchmark's work is meant to change. */
const workHash = "1b5edbcee920e926";

it("makes the same calls as ever, over links and by what others use, in two conditions", () => {
  const out = mkdtempSync(join(tmpdir(), "shoal-bench-channel-"));
  try {
    const command = join(import.meta.dirname, "../main.ts");
    const args = [command, "channel", "--json", "--quick", "--plot", "--out", out];
    const stdout = execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" });
    // The shape is what is looked at here, member by member.
    const { metrics } = JSON.parse(stdout) as Report;
    for (const name of [
      "coreRpcPolling",
      "coreRpcLoop",
      "typedRpc",
      "cellRpc",
      "asleepVsAtomicsWait",
      "oneCpuVsAtomicsWait",
    ]) {
      expect(metrics[name]?.ratio, name).toBeGreaterThan(0);
    }
    for (const name of ["typedVsComlink", "pipelinedPerSecond", "messagePort", "fork"]) {
      expect(metrics[name]?.value, name).toBeGreaterThan(0);
    }
    expect(readEntries(join(out, "results"), "channel").at(-1)?.workHash).toBe(workHash);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 120_000);
