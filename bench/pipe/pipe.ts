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
};

/** Bytes per write and read: PIPE_BUF, and what a pipe holds. */
const chunkSizes = [4096, 65_536] as const;
/** What the goal for a pipe is stated for. */
const largestChunk = 65_536;

async function runPipe({ quick, log }: BenchOptions): Promise<BenchOutcome> {
  const megabytes = quick ? 4 : 512;
  const totalBytes = megabytes * 1024 * 1024;
  const rounds = quick ? 2 : 11;
  const warmupRounds = quick ? 1 : 2;
  const subjects: Subject[] = [];
  for (const chunkBytes of chunkSizes) {
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
    parameters: { rounds, megabytes, chunkBytes: chunkSizes.join(", ") },
    spreads: Object.fromEntries(result.spreadNs),
    workHash: result.workHash,
  };
}

function subjectName(who: string, chunkBytes: number): string {
  return `${who} ${chunkBytes}`;
}

/** A nanosecond per byte is a gigabyte per second. */
function pipeMetrics({ spreadNs }: RoundResult): Metrics {
  const rate = (who: string, chunkBytes: number): number =>
    1 / spreadNs.get(subjectName(who, chunkBytes))!.median;
  const ratio = rate("shoal", largestChunk) / rate("native", largestChunk);
  const metrics: Record<string, Metrics[string]> = { pipeRatio: againstFloor(ratio, 1, "ratio") };
  for (const chunkBytes of chunkSizes) {
    const [ours, native] = [rate("shoal", chunkBytes), rate("native", chunkBytes)];
    metrics[`throughput.shoal.${chunkBytes}`] = againstFloor(ours, native, "GB/s");
    metrics[`throughput.native.${chunkBytes}`] = plainMetric(native, "GB/s");
  }
  return metrics;
}
