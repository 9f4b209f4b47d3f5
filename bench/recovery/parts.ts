// The parts of the recovery benchmark, in their order. Each can be run by itself, since all of them together take
// the better part of an hour.
import { Random } from "../../src/base/index.ts";
import type { BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { coresLostAtRecords } from "./core-faults.ts";
import { rpcTimes } from "./durable-rpc.ts";
import { cellFailovers } from "./failover.ts";
import {
  count,
  diedInPlace,
  type FaultCount,
  lostAtRandom,
  lostAtRecords,
  noFaults,
} from "./faults.ts";
import type { ImageSamples, Measured } from "./figures.ts";
import { forkCost } from "./fork-cost.ts";
import { copyMs, imagePauses } from "./image-pause.ts";
import { benchLogCost } from "./log-cost.ts";
import { processFailovers } from "./process-failover.ts";
import { type ReplayTimes, replayTimes } from "./replay-time.ts";
import type { Sizes } from "./sizes.ts";
import { workerFailovers } from "./worker-failover.ts";

/** A run: how much it does, and what it has come to. */
export interface Run {
  readonly sizes: Sizes;
  readonly options: BenchOptions;
  readonly measured: Measured;
  /** Of the log's part, with its spreads. */
  logOutcome?: BenchOutcome;
}

export const seed = 1;
/** The grid of OS processes is so large that it has parts of its own. */
const gridPieces = 6;

const grids = Array.from(
  { length: gridPieces },
  (_, piece): [string, (run: Run) => Promise<void>] => [
    `grid-${piece + 1}`,
    (run) => injectAtRecords(run, piece),
  ],
);

export const parts: ReadonlyMap<string, (run: Run) => Promise<void>> = new Map([
  ["images", measureImages],
  ["rpc", measureRpc],
  ["log", measureLog],
  ["replay", measureReplays],
  ["failover", measureFailovers],
  ["fork", measureForks],
  ["in-place", injectInPlace],
  ["random", injectAtRandom],
  ["cores", injectInCores],
  ...grids,
]);

async function measureImages({ sizes, options, measured }: Run): Promise<void> {
  options.log("an image, by memory");
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
  measured.images = samples;
}

async function measureRpc({ sizes, options, measured }: Run): Promise<void> {
  options.log("an empty call, with and without a log");
  measured.rpcNs = await rpcTimes(sizes.rpcCalls, sizes.rpcRounds);
}

async function measureLog(run: Run): Promise<void> {
  run.options.log("a record of the log, by level");
  run.logOutcome = await benchLogCost(run.options);
  run.measured.logCosts = run.logOutcome.metrics;
}

async function measureReplays({ sizes, options, measured }: Run): Promise<void> {
  options.log("bringing a server up, by length of its log");
  const times: ReplayTimes[] = [];
  for (const records of sizes.logLengths)
    times.push(await replayTimes(records, sizes.replayRounds));
  measured.replays = times;
}

async function measureFailovers({ sizes, options, measured }: Run): Promise<void> {
  options.log("failover of a process, of a worker and of a cell");
  const processMs = await processFailovers(sizes.failovers);
  const workerMs = await workerFailovers(sizes.failovers);
  const cellMs = await cellFailovers(sizes.failovers);
  measured.failovers = { processMs, workerMs, cellMs };
  // Their clients have found nothing wrong, or we were not here.
  count(faultsOf(measured), workerMs.length, []);
}

async function measureForks({ sizes, options, measured }: Run): Promise<void> {
  options.log("copies of a session");
  measured.fork = await forkCost(sizes.copies, sizes.forkRounds);
}

async function injectInPlace({ sizes, options, measured }: Run): Promise<void> {
  options.log("processes that die in their kernel, at every record");
  await diedInPlace(faultsOf(measured), sizes.clientCounts);
}

async function injectAtRandom({ sizes, options, measured }: Run): Promise<void> {
  const { clientCounts, randomKills: kills, isGridSmall } = sizes;
  const faults = faultsOf(measured);
  const random = new Random(seed);
  for (const level of isGridSmall ? (["host"] as const) : (["host", "disk"] as const)) {
    for (const clients of clientCounts) {
      options.log(`cells at level ${level} lost at random moments, under ${clients} clients`);
      await lostAtRandom(faults, { level, clients, kills, isNested: false }, random);
    }
    options.log(`cells at level ${level}, one calling the other, lost at random moments`);
    const clients = clientCounts.at(-1)!;
    await lostAtRandom(faults, { level, clients, kills, isNested: true }, random);
  }
}

async function injectInCores({ sizes, options, measured }: Run): Promise<void> {
  options.log("cores lost in their threads, at every record");
  const rounds = sizes.isGridSmall ? 1 : sizes.gridRounds;
  await coresLostAtRecords(faultsOf(measured), sizes.clientCounts, rounds);
}

async function injectAtRecords({ sizes, options, measured }: Run, piece: number): Promise<void> {
  options.log(`OS processes lost at every record, piece ${piece + 1} of ${gridPieces}`);
  const { isGridSmall, gridRounds } = sizes;
  await lostAtRecords(faultsOf(measured), isGridSmall, gridRounds, { piece, pieces: gridPieces });
}

function faultsOf(measured: Measured): FaultCount {
  measured.faults ??= noFaults();
  return measured.faults;
}
