// The recovery benchmark: how many injected faults nobody notices, and what that costs: a record of the log,
// an image, a copy of a session, bringing a server up, and the gap in which its clients wait.
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Bench,
  type BenchOptions,
  type BenchOutcome,
  BenchUnavailableError,
} from "../harness/bench.ts";
import { hashLines } from "../harness/rounds.ts";
import { recoveryMetrics, recoverySpreads } from "./figures.ts";
import { parts, type Run, seed } from "./parts.ts";
import { fullSizes, quickSizes, type Sizes } from "./sizes.ts";

const built = join(import.meta.dirname, "../../dist/cli.cjs");

export const recoveryBench: Bench = {
  name: "recovery",
  summary: "injected faults that nobody notices, and what log, images and failover cost",
  parts: [...parts.keys()],
  run: runRecovery,
  plot: async (metrics) => (await import("../plot/recovery-plot.ts")).plotRecovery(metrics),
};

async function runRecovery(options: BenchOptions): Promise<BenchOutcome> {
  if (!existsSync(built)) {
    throw new BenchUnavailableError("recovery", "dist/cli.cjs is not there", "npm run build");
  }
  const { quick, part, log } = options;
  const sizes = quick ? quickSizes : fullSizes;
  const run: Run = { sizes, options, measured: {} };
  for (const [name, measure] of parts) {
    if (part === undefined || part === name) await measure(run);
  }
  const { measured, logOutcome } = run;
  for (const what of measured.faults?.noticed ?? []) log(`noticed: ${what}`);
  const parameters = { ...flat(sizes), seed };
  const work = { ...parameters, logCosts: logOutcome?.workHash ?? "" };
  return {
    metrics: recoveryMetrics(measured),
    parameters,
    spreads: { ...logOutcome?.spreads, ...recoverySpreads(measured) },
    workHash: hashLines(Object.entries(part === undefined ? work : { ...work, part })),
  };
}

function flat(sizes: Sizes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(sizes).map(([name, value]): [string, string | number | boolean] => [
      name,
      Array.isArray(value) ? value.join(" ") : value,
    ]),
  );
}
