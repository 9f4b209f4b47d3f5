// The Fluke benchmark: one workload under five kernel configurations, taking turns, to see what an
// execution model and a place to be preempted cost and give.
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { againstFloor, type Metric, plainMetric } from "../harness/metric.ts";
import { hashLines, WrongWorkError } from "../harness/rounds.ts";
import { type Spread, spreadOf } from "../harness/statistics.ts";
import { combinationName, combinations, type FlukeRow } from "./combination.ts";
import { type FlukeParameters, measureCombination } from "./driver.ts";

const full: FlukeParameters = {
  copyBytes: 1 << 20,
  revokeCount: 10_000,
  releaseIntervalUs: 1_000,
  durationMs: 2_000,
  blockedThreads: 10_000,
};
const quick: FlukeParameters = { ...full, revokeCount: 500, durationMs: 100, blockedThreads: 4000 };

export const flukeBench: Bench = {
  name: "fluke",
  summary: "five execution-model and preemption combinations under one workload",
  run: runFluke,
  plot: async (metrics) => (await import("../plot/fluke-plot.ts")).plotFluke(metrics),
};

async function runFluke(options: BenchOptions): Promise<BenchOutcome> {
  const parameters = options.quick ? quick : full;
  const rounds = options.quick ? 1 : 5;
  const rows = new Map<string, FlukeRow[]>(combinations.map((one) => [combinationName(one), []]));
  for (let round = 0; round < rounds; round++) {
    options.log(`round ${round + 1} of ${rounds}`);
    for (const combination of combinations) {
      const row = await measureCombination(combination, parameters);
      rows.get(combinationName(combination))?.push(row);
    }
  }
  const checksum = agreedChecksum(rows);
  return {
    metrics: flukeMetrics(rows),
    parameters: { ...parameters, rounds },
    spreads: throughputSpreads(rows),
    workHash: hashLines([["fluke", parameters.copyBytes, parameters.revokeCount, checksum]]),
  };
}

/** A combination that computed something else has not run the workload. */
function agreedChecksum(rows: ReadonlyMap<string, readonly FlukeRow[]>): number {
  const expected = [...rows.values()][0][0].checksum;
  for (const [name, runs] of rows) {
    for (const { checksum } of runs) {
      if (checksum !== expected) throw new WrongWorkError(name, expected, checksum);
    }
  }
  return expected;
}

type Column = Exclude<keyof FlukeRow, "checksum" | "releaseCount">;

const units: Readonly<Record<Column, string>> = {
  throughputPerSecond: "workloads/s",
  latencyUsAverage: "us",
  latencyUsMedian: "us",
  latencyUs90: "us",
  latencyUsMax: "us",
  missedCount: "releases",
  restartShare: "share of the operation",
  memoryBytesPerBlockedThread: "B",
};

/** Each combination beside process.none, which stands where a floor would: there is none lower. */
function flukeMetrics(rows: ReadonlyMap<string, readonly FlukeRow[]>): Record<string, Metric> {
  const metrics: Record<string, Metric> = {};
  const baseline = rows.get(combinationName(combinations[0])) ?? [];
  for (const [name, runs] of rows) {
    // Written as an object literal over Column above, so its keys are columns.
    for (const column of Object.keys(units) as Column[]) {
      const value = columnSpread(runs, column).median;
      const base = columnSpread(baseline, column).median;
      const isComparable = runs !== baseline && base !== 0;
      metrics[`${name}.${column}`] = isComparable
        ? againstFloor(value, base, units[column])
        : plainMetric(value, units[column]);
    }
  }
  return metrics;
}

function columnSpread(runs: readonly FlukeRow[], column: Column): Spread {
  return spreadOf(runs.map((row) => row[column]));
}

function throughputSpreads(rows: ReadonlyMap<string, readonly FlukeRow[]>): Record<string, Spread> {
  const spreads = [...rows].map(
    ([name, runs]) => [name, columnSpread(runs, "throughputPerSecond")] as const,
  );
  return Object.fromEntries(spreads);
}
