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

interface Load {
  readonly name: string;
  /** Connections that ask, at once, and such beside them that are open and do not. */
  readonly connections: number;
  readonly idle: number;
}

/**
 * One connection alone, where waiting is everything; many, where work is; more than the server takes at
 * once, which come and go; and a few among many idle ones, where a poll is long and little of it is ready.
 */
const loads: readonly Load[] = [
  { name: "1", connections: 1, idle: 0 },
  { name: "64", connections: 64, idle: 0 },
  { name: "1500", connections: 1500, idle: 0 },
  { name: "idle", connections: 8, idle: 480 },
];
/** The load by which the servers are compared. */
const judged = "64";

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
  // A quick run has no time for a thousand connections, and says so by its parameters.
  const used = quick ? loads.filter(({ name }) => name === "1" || name === judged) : loads;
  const subjects = used.flatMap((one) => [
    subject("net", servers.net, one, requests),
    subject("shoal", servers.shoal, one, requests),
  ]);
  const result = await runRounds(subjects, { rounds, warmupRounds, log });
  return {
    metrics: httpMetrics(result, used),
    parameters: { rounds, requests, connections: used.map(({ name }) => name).join(", ") },
    spreads: Object.fromEntries(result.spreadNs),
    workHash: result.workHash,
  };
}

/** The checksum of a batch is how many bytes were answered. */
function subject(
  server: string,
  { port }: RunningServer,
  { name, connections, idle }: Load,
  requests: number,
): Subject {
  const answer = answerBytes();
  return {
    name: `${server} ${name}`,
    operations: requests,
    expected: requests * answer.length,
    run: async () => {
      const { elapsedMs, answeredBytes } = await load({
        port,
        connections,
        idle,
        requests,
        answer,
      });
      return { checksum: answeredBytes, elapsedNs: elapsedMs * 1e6 };
    },
  };
}

function httpMetrics({ spreadNs }: RoundResult, used: readonly Load[]): Metrics {
  const rate = (server: string, name: string): number =>
    1e9 / spreadNs.get(`${server} ${name}`)!.median;
  const metrics: Record<string, Metrics[string]> = {};
  for (const { name } of used) {
    const [ours, floor] = [rate("shoal", name), rate("net", name)];
    const ratioName = name === judged ? "httpRatio" : `httpRatio.${name}`;
    metrics[ratioName] = againstFloor(ours / floor, 1, "ratio");
    metrics[`requests.shoal.${name}`] = againstFloor(ours, floor, "requests/s");
    metrics[`requests.net.${name}`] = plainMetric(floor, "requests/s");
  }
  return metrics;
}
