// From run times to the metrics of the programs benchmark. A workload's floor is the faster of the
// two peers on it, so ours is never compared with a peer's bad day.
import { againstFloor, type Metric, plainMetric } from "../harness/metric.ts";
import { geometricMean, median, type Spread, spreadOf } from "../harness/statistics.ts";
import { computeMetric, hostNames, peers } from "./host.ts";

/** Milliseconds, by sampleKey. */
export type Samples = ReadonlyMap<string, readonly number[]>;

export function sampleKey(way: string, workload: string): string {
  return `${way} ${workload}`;
}

export function programsMetrics(workloads: readonly string[], samples: Samples): Metrics {
  const metrics: Metrics = {};
  const ratios: number[] = [];
  for (const workload of workloads) {
    const best = bestPeer(workload, samples);
    for (const host of hostNames) {
      const ms = medianOf(host, workload, samples);
      if (ms === undefined) continue;
      metrics[computeMetric(host, workload)] = againstFloor(ms, best, "ms");
      if (host === "shoal") ratios.push(ms / best);
    }
    const wallMs = medianOf("command", workload, samples);
    if (wallMs !== undefined) metrics[`wall.shoal.${workload}`] = plainMetric(wallMs, "ms");
  }
  if (ratios.length === 0) return metrics;
  return { computeRatio: againstFloor(geometricMean(ratios), 1, "ratio"), ...metrics };
}

type Metrics = Record<string, Metric>;

function bestPeer(workload: string, samples: Samples): number {
  const times = peers.flatMap((peer) => medianOf(peer, workload, samples) ?? []);
  if (times.length === 0) throw new RangeError(`no peer could run ${workload}`);
  return Math.min(...times);
}

function medianOf(way: string, workload: string, samples: Samples): number | undefined {
  const times = samples.get(sampleKey(way, workload));
  return times === undefined ? undefined : median(times);
}

export function programsSpreads(samples: Samples): Record<string, Spread> {
  return Object.fromEntries([...samples].map(([key, times]) => [key, spreadOf(times)]));
}
