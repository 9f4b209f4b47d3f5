// The pipe benchmark: bytes per second from one wasm program to another through the pipe server, on one
// core, against two native processes joined by a pipe of the host (`dd | dd`). Both move the same bytes in
// writes and reads of the same size; the reader counts them.
//
// Ours is timed from the first program's first instruction to the last one's exit, the native pair with
// the start of its processes, which at these amounts is a percent.
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { againstFloor, type Metrics, plainMetric } from "../harness/metric.ts";
import { type RoundResult, runRounds, type Subject } from "../harness/rounds.ts";
import { nativePair } from "./native-pair.ts";
import { preparePair } from "./wasm-pair.ts";

export const pipeBench: Bench = {
  name: "pipe",
  summary: "bytes per second between two programs joined by a pipe, against dd | dd",
  run: runPipe,
  plot: async (metrics) => (await import("../plot/pipe-plot.ts")).plotPipe(metrics),
};

/** Bytes per write and read: among them PIPE_BUF, and what a pipe holds. */
export const chunkSizes = [512, 4096, 16_384, 65_536, 1_048_576] as const;
/** What the goal for a pipe is stated for. */
const judgedChunk = 65_536;

export type PairName = "shoal" | "native";

export function throughputMetric(who: PairName, chunkBytes: number): string {
  return `throughput.${who}.${chunkBytes}`;
}

async function runPipe({ quick, log }: BenchOptions): Promise<BenchOutcome> {
  const megabytes = quick ? 4 : 512;
  const writesMax = quick ? 1024 : 131_072;
  const rounds = quick ? 2 : 11;
  const warmupRounds = quick ? 1 : 2;
  const subjects: Subject[] = [];
  for (const chunkBytes of chunkSizes) {
    const totalBytes = Math.min(megabytes * 1024 * 1024, writesMax * chunkBytes);
    const work = { operations: totalBytes, expected: totalBytes };
    const pair = await preparePair(chunkBytes, totalBytes);
    subjects.push(
      { name: subjectName("shoal", chunkBytes), ...work, run: pair },
      {
        name: subjectName("native", chunkBytes),
        ...work,
        run: () => nativePair(chunkBytes, totalBytes),
      },
    );
  }
  const result = await runRounds(subjects, { rounds, warmupRounds, log });
  return {
    metrics: pipeMetrics(result),
    parameters: { rounds, megabytes, writesMax, chunkBytes: chunkSizes.join(", ") },
    spreads: Object.fromEntries(result.spreadNs),
    workHash: result.workHash,
  };
}

function subjectName(who: PairName, chunkBytes: number): string {
  return `${who} ${chunkBytes}`;
}

/** A nanosecond per byte is a gigabyte per second. */
function pipeMetrics({ spreadNs }: RoundResult): Metrics {
  const rate = (who: PairName, chunkBytes: number): number =>
    1 / spreadNs.get(subjectName(who, chunkBytes))!.median;
  const ratio = rate("shoal", judgedChunk) / rate("native", judgedChunk);
  const metrics: Record<string, Metrics[string]> = { pipeRatio: againstFloor(ratio, 1, "ratio") };
  for (const chunkBytes of chunkSizes) {
    const [ours, native] = [rate("shoal", chunkBytes), rate("native", chunkBytes)];
    metrics[throughputMetric("shoal", chunkBytes)] = againstFloor(ours, native, "GB/s");
    metrics[throughputMetric("native", chunkBytes)] = plainMetric(native, "GB/s");
  }
  return metrics;
}
