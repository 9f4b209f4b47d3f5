// Runs the Fluke benchmark under one combination, in a thread of its own, as a core is: copies of
// 1 MiB, revokes of 10 000 capabilities and short calls in one thread, and an urgent thread released
// every millisecond by another OS thread through a shared word.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { blockedThreadBytes } from "./blocked-memory.ts";
import { type Combination, combinationName, type FlukeRow } from "./combination.ts";
import { measureRestartShare } from "./restart-cost.ts";
import { measureWorkload, type WorkloadSizes } from "./workload.ts";

export interface FlukeParameters extends WorkloadSizes {
  /** Threads blocked at once when memory is measured. */
  readonly blockedThreads: number;
}

type OfOneCore = Omit<FlukeRow, "memoryBytesPerBlockedThread">;

interface Job {
  readonly combination: Combination;
  readonly parameters: FlukeParameters;
}

export class FlukeRunError extends Error {
  constructor({ combination }: Job, cause: unknown) {
    const name = combinationName(combination);
    super(
      `${name} did not finish: ${String(cause)}; run the benchmark with --quick to see it sooner`,
    );
    this.name = "FlukeRunError";
  }
}

export async function measureCombination(
  combination: Combination,
  parameters: FlukeParameters,
): Promise<FlukeRow> {
  const memoryBytes = await blockedThreadBytes(combination.model, parameters.blockedThreads);
  const row = await runInThread({ combination, parameters });
  return { ...row, memoryBytesPerBlockedThread: memoryBytes };
}

function runInThread(job: Job): Promise<OfOneCore> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { fluke: job } });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", (error) => reject(new FlukeRunError(job, error)));
    worker.once("exit", (code) => reject(new FlukeRunError(job, `exit ${code}`)));
  });
}

async function run({ combination, parameters }: Job): Promise<OfOneCore> {
  const figures = await measureWorkload(combination, parameters);
  const restartShare = await measureRestartShare(combination, parameters.copyBytes);
  return { ...figures, restartShare };
}

// Set by runInThread and by nobody else.
const given = workerData as { readonly fluke?: Job } | null;
if (!isMainThread && given?.fluke !== undefined) parentPort?.postMessage(await run(given.fluke));
