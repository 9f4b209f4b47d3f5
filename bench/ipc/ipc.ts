// The IPC benchmark: a call from one space into another and its reply, empty and with messages of
// three sizes, against the same done by hand in the same interleaved rounds; and each technique
// switched off.
import type { BatchSizes } from "../floor/index.ts";
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { runRounds } from "../harness/rounds.ts";
import { variants } from "./ablation.ts";
import { ipcMetrics } from "./figures.ts";
import { remoteSubjects } from "./remote.ts";

interface Parameters extends BatchSizes {
  readonly rounds: number;
  readonly warmupRounds: number;
}

// Batches are kept well under a scheduler's time slice, so that most run undisturbed even when the
// machine is busy, and there are many of them: on a busy machine a batch of five milliseconds is
// interrupted more often than one of two, and the ratio of their medians is then one of lengths.
const full: Parameters = {
  calls: 40_000,
  switches: 4_000,
  additions: 1_000_000,
  rounds: 300,
  warmupRounds: 75,
};
const quick: Parameters = {
  calls: 10_000,
  switches: 1_000,
  additions: 400_000,
  rounds: 7,
  warmupRounds: 4,
};

export const ipcBench: Bench = {
  name: "ipc",
  summary: "round trips between spaces against hand-written floors, and the ablation",
  run: runIpc,
  // Drawing loads a whole document model, so it is loaded only when something is drawn.
  plot: async (metrics) => (await import("../plot/ipc-plot.ts")).plotIpc(metrics),
};

async function runIpc(options: BenchOptions): Promise<BenchOutcome> {
  const parameters = options.quick ? quick : full;
  const remote = await Promise.all(variants.map((variant) => remoteSubjects(variant, parameters)));
  const subjects = remote.flatMap((one) => one.subjects);
  const { rounds, warmupRounds } = parameters;
  const result = await runRounds(subjects, { rounds, warmupRounds, log: options.log });
  await Promise.all(remote.map((one) => one.close()));
  return {
    metrics: ipcMetrics(result),
    parameters: { ...parameters },
    spreads: Object.fromEntries(result.spreadNs),
    workHash: result.workHash,
  };
}
