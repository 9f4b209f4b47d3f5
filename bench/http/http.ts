// The http benchmark: requests per second of a server in C on Shoal, which polls, reads, parses and
// writes through messages, against a server of Node's `net` that answers the same bytes without looking.
// Both are processes of their own, driven in turn by the same client over connections kept alive.
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { againstFloor, type Metrics, plainMetric } from "../harness/metric.ts";
import { type RoundResult, runRounds, type Subject } from "../harness/rounds.ts";
import { answerBytes } from "./answer.ts";
import { load } from "./load.ts";
import { type RunningServer, startNet, startShoal } from "./servers.ts";

export const httpBench: Bench = {
  name: "http",
  summary: "requests per second of a server in C against Node's bare net",
  run: runHttp,
  plot: async (metrics) => (await import("../plot/http-plot.ts")).plotHttp(metrics),
};

/** Connections at once: one alone, where waiting is everything, and many, where work is. */
const loads = [1, 64] as const;

async function runHttp(options: BenchOptions): Promise<BenchOutcome> {
  const servers: RunningServer[] = [];
  try {
    const net = await startNet();
    servers.push(net);
    const shoal = await startShoal();
    servers.push(shoal);
    return await measure({ net, shoal }, options);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

type Servers = Readonly<Record<"net" | "shoal", RunningServer>>;

async function measure(servers: Servers, { quick, log }: BenchOptions): Promise<BenchOutcome> {
  const requests = quick ? 200 : 10_000;
  const rounds = quick ? 2 : 15;
  const warmupRounds = quick ? 1 : 4;
  const subjects = loads.flatMap((connections) => [
    subject("net", servers.net, connections, requests),
    subject("shoal", servers.shoal, connections, requests),
  ]);
  const result = await runRounds(subjects, { rounds, warmupRounds, log });
  return {
    metrics: httpMetrics(result),
    parameters: { rounds, requests, connections: loads.join(", ") },
    spreads: Object.fromEntries(result.spreadNs),
    workHash: result.workHash,
  };
}

/** The checksum of a batch is how many bytes were answered. */
function subject(
  name: string,
  { port }: RunningServer,
  connections: number,
  requests: number,
): Subject {
  const answer = answerBytes();
  return {
    name: subjectName(name, connections),
    operations: requests,
    expected: requests * answer.length,
    run: async () => {
      const { elapsedMs, answeredBytes } = await load({ port, connections, requests, answer });
      return { checksum: answeredBytes, elapsedNs: elapsedMs * 1e6 };
    },
  };
}

function subjectName(name: string, connections: number): string {
  return `${name} ${connections}`;
}

function httpMetrics({ spreadNs }: RoundResult): Metrics {
  const rate = (name: string, connections: number): number =>
    1e9 / spreadNs.get(subjectName(name, connections))!.median;
  const most = loads[loads.length - 1]!;
  const ratio = rate("shoal", most) / rate("net", most);
  const metrics: Record<string, Metrics[string]> = { httpRatio: againstFloor(ratio, 1, "ratio") };
  for (const connections of loads) {
    const [ours, floor] = [rate("shoal", connections), rate("net", connections)];
    metrics[`requests.shoal.${connections}`] = againstFloor(ours, floor, "requests/s");
    metrics[`requests.net.${connections}`] = plainMetric(floor, "requests/s");
  }
  return metrics;
}
