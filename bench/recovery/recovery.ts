// The recovery benchmark: how many injected faults nobody notices, and what that costs: a record of the log,
// an image, a copy of a session, bringing a server up, and the gap in which its clients wait.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../src/base/index.ts";
import {
  type Bench,
  type BenchOptions,
  type BenchOutcome,
  BenchUnavailableError,
} from "../harness/bench.ts";
import { hashLines } from "../harness/rounds.ts";
import { rpcTimes } from "./durable-rpc.ts";
import { coresLostAtRecords } from "./core-faults.ts";
import { cellFailovers } from "./failover.ts";
import {
  count,
  diedInPlace,
  type FaultCount,
  lostAtRandom,
  lostAtRecords,
  noFaults,
} from "./faults.ts";
import { type ImageSamples, recoveryMetrics, recoverySpreads } from "./figures.ts";
import { forkCost } from "./fork-cost.ts";
import { copyMs, imagePauses } from "./image-pause.ts";
import { benchLogCost } from "./log-cost.ts";
import { processFailovers } from "./process-failover.ts";
import { type ReplayTimes, replayTimes } from "./replay-time.ts";
import { fullSizes, quickSizes, type Sizes } from "./sizes.ts";
import { workerFailovers } from "./worker-failover.ts";

const seed = 1;
const built = join(import.meta.dirname, "../../dist/cli.cjs");

export const recoveryBench: Bench = {
  name: "recovery",
  summary: "injected faults that nobody notices, and what log, images and failover cost",
  run: runRecovery,
  plot: async (metrics) => (await import("../plot/recovery-plot.ts")).plotRecovery(metrics),
};

async function runRecovery(options: BenchOptions): Promise<BenchOutcome> {
  if (!existsSync(built)) {
    throw new BenchUnavailableError("recovery", "dist/cli.cjs is not there", "npm run build");
  }
  const { quick, log } = options;
  const sizes = quick ? quickSizes : fullSizes;
  log("an image, by memory");
  const images = await measureImages(sizes);
  log("an empty call, with and without a log");
  const rpcNs = await rpcTimes(sizes.rpcCalls, sizes.rpcRounds);
  log("a record of the log, by level");
  const logCosts = await benchLogCost(options);
  log("bringing a server up, by length of its log");
  const replays = await measureReplays(sizes);
  log("failover of a process, of a worker and of a cell");
  const processFailoversMs = await processFailovers(sizes.failovers);
  const workerFailoversMs = await workerFailovers(sizes.failovers);
  const cellFailoversMs = await cellFailovers(sizes.failovers);
  log("copies of a session");
  const fork = await forkCost(sizes.copies, sizes.forkRounds);
  const faults = await injectFaults(sizes, log);
  // Its client has found nothing wrong, or we were not here.
  count(faults, workerFailoversMs.length, []);
  const measured = {
    faults,
    logCosts: logCosts.metrics,
    rpcNs,
    images,
    fork,
    replays,
    processFailoversMs,
    workerFailoversMs,
    cellFailoversMs,
  };
  return {
    metrics: recoveryMetrics(measured),
    parameters: { ...flat(sizes), seed },
    spreads: { ...logCosts.spreads, ...recoverySpreads(measured) },
    workHash: hashLines(Object.entries({ ...flat(sizes), seed, logCosts: logCosts.workHash })),
  };
}

async function measureImages(sizes: Sizes): Promise<ImageSamples[]> {
  const samples: ImageSamples[] = [];
  for (const memoryMiB of sizes.memoriesMiB) {
    const pauses = [];
    const copiesMs: number[] = [];
    for (let round = 0; round < sizes.imageRounds; round++) {
      pauses.push(await imagePauses(memoryMiB, sizes.laterImages));
      copiesMs.push(copyMs(memoryMiB));
    }
    samples.push({ memoryMiB, pauses, copiesMs });
  }
  return samples;
}

async function measureReplays(sizes: Sizes): Promise<ReplayTimes[]> {
  const times: ReplayTimes[] = [];
  for (const records of sizes.logLengths)
    times.push(await replayTimes(records, sizes.replayRounds));
  return times;
}

async function injectFaults(sizes: Sizes, log: (line: string) => void): Promise<FaultCount> {
  const faults = noFaults();
  const random = new Random(seed);
  log("processes that die in their kernel, at every record");
  await diedInPlace(faults, sizes.clientCounts);
  const levels = sizes.isGridSmall ? (["host"] as const) : (["host", "disk"] as const);
  for (const level of levels) {
    for (const clients of sizes.clientCounts) {
      log(`cells at level ${level} lost at random moments, under ${clients} clients`);
      const kills = { level, clients, kills: sizes.randomKills, isNested: false };
      await lostAtRandom(faults, kills, random);
    }
    log(`cells at level ${level}, one calling the other, lost at random moments`);
    const clients = sizes.clientCounts.at(-1)!;
    await lostAtRandom(
      faults,
      { level, clients, kills: sizes.randomKills, isNested: true },
      random,
    );
  }
  log("cores lost in their threads, at every record");
  await coresLostAtRecords(faults, sizes.clientCounts, sizes.isGridSmall ? 1 : sizes.gridRounds);
  log("OS processes lost at every record");
  await lostAtRecords(faults, sizes.isGridSmall, sizes.gridRounds);
  for (const what of faults.noticed) log(`noticed: ${what}`);
  return faults;
}

function flat(sizes: Sizes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(sizes).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(" ") : value,
    ]),
  );
}
