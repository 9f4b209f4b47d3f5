// The channel benchmark: calls between cores, against a line each way by hand, and against what one would use
// instead; polling, from live event loops, typed, pipelined, between processes, and by threads that sleep. All of it
// in four conditions, each in a process of its own (condition.ts), since what a call costs depends on them more than
// on anything else.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  type Bench,
  type BenchOptions,
  type BenchOutcome,
  BenchUnavailableError,
} from "../harness/bench.ts";
import { againstFloor, type Metric, type Metrics, plainMetric } from "../harness/metric.ts";
import { hashLines } from "../harness/rounds.ts";
import { bringAbout, commandUnder, type Condition, conditions } from "./condition.ts";
import { inFlight } from "./floors.ts";
import type { Measured } from "./measure.ts";

export const channelBench: Bench = {
  name: "channel",
  summary:
    "calls between cores, against a line each way, MessagePort, comlink, piscina, fork, sockets",
  run: runChannel,
  plot: async (metrics) => (await import("../plot/channel-plot.ts")).plotChannel(metrics),
};

const program = fileURLToPath(new URL("./measure.ts", import.meta.url));

/** What is ours, and the floor that it is judged by. */
const floors = {
  coreRpcPolling: "floorLine",
  typedRpc: "floorTyped",
  coreRpcLoop: "floorLoop",
  pipelined: "floorPipelined",
  cellRpc: "floorCell",
  asleep: "floorAsleep",
  wait: "floorWait",
} as const;

/** Judged by comlink, since it is what one would use for the same. */
const typed = ["typedRpc", "typedLoop"] as const;
const alone = ["messagePort", "piscina", "fork", "unixSocket"] as const;

type Results = Readonly<Partial<Record<Condition, Measured>>>;

async function runChannel({ quick, log }: BenchOptions): Promise<BenchOutcome> {
  const results: Partial<Record<Condition, Measured>> = {};
  const wanted = quick ? (["quiet", "oneCpu"] as const) : conditions;
  for (const condition of wanted) {
    log(`measuring, ${condition}`);
    results[condition] = await measureUnder(condition, quick);
  }
  const measured = Object.entries(results);
  return {
    metrics: metricsOf(results),
    parameters: {
      conditions: wanted.join(", "),
      inFlight,
      missingPeers: "nanothreads: not installed",
      ...Object.fromEntries(measured.map(([name, { looks }]) => [`${name}.looks`, looks])),
      ...Object.fromEntries(measured.map(([name, { wakeNs }]) => [`${name}.wakeNs`, wakeNs])),
    },
    spreads: Object.fromEntries(
      measured.flatMap(([condition, { spreads }]) =>
        Object.entries(spreads).map(([name, spread]) => [`${condition}.${name}`, spread]),
      ),
    ),
    workHash: hashLines(measured.map(([condition, { workHash }]) => [condition, workHash])),
  };
}

function measureUnder(condition: Condition, quick: boolean): Promise<Measured> {
  const [file, args] = commandUnder(condition, [program, condition, ...(quick ? ["quick"] : [])]);
  const end = bringAbout(condition);
  return new Promise<Measured>((resolve, reject) => {
    const child = execFile(file, args, { encoding: "utf8" }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as Measured);
      else if (error.code === "ENOENT") {
        const remedy = "it is part of util-linux";
        reject(new BenchUnavailableError("channel", `there is no command ${file}`, remedy));
      } else reject(error);
    });
    child.stderr?.pipe(process.stderr);
  }).finally(end);
}

/** The figures of the quiet condition stand under their own names, the others behind that of their condition. */
function metricsOf(results: Results): Metrics {
  const metrics: Record<string, Metric> = {};
  for (const condition of conditions) {
    const measured = results[condition];
    if (measured === undefined) continue;
    const prefix = condition === "quiet" ? "" : `${condition}.`;
    for (const [name, metric] of Object.entries(ofCondition(measured))) {
      metrics[prefix + name] = metric;
    }
  }
  const { oneCpu } = results;
  if (oneCpu !== undefined) {
    metrics["oneCpuVsAtomicsWait"] = judged(oneCpu, "wait");
    metrics["oneCpuVsAtomicsWaitP99"] = judgedTail(oneCpu, "wait");
  }
  return metrics;
}

function ofCondition(measured: Measured): Metrics {
  const metrics: Record<string, Metric> = {};
  const of = (name: string): number => measured.spreads[name]?.median ?? NaN;
  for (const name of Object.keys(floors) as (keyof typeof floors)[]) {
    if (Number.isNaN(of(name)) || Number.isNaN(of(floors[name]))) continue;
    const shown = name === "asleep" ? "asleepVsAtomicsWait" : name;
    metrics[shown] = judged(measured, name);
    // Of calls that are under way together none has a time of its own.
    if (name !== "pipelined") metrics[`${shown}P99`] = judgedTail(measured, name);
  }
  if (!Number.isNaN(of("pipelined"))) {
    metrics["pipelinedPerSecond"] = plainMetric(1e9 / of("pipelined"), "calls per second");
  }
  for (const name of ["comlink", ...alone]) {
    metrics[name] = plainMetric(of(name), "ns");
    metrics[`${name}P99`] = plainMetric(measured.p99[name], "ns");
  }
  for (const name of typed) {
    if (Number.isNaN(of(name))) continue;
    const shown = name === "typedRpc" ? "typedVsComlink" : "typedLoopVsComlink";
    metrics[name] ??= plainMetric(of(name), "ns");
    // How many times faster: the time of comlink over ours.
    metrics[shown] = plainMetric(of("comlink") / of(name), "times");
  }
  return metrics;
}

function judged({ spreads }: Measured, name: keyof typeof floors): Metric {
  return againstFloor(spreads[name].median, spreads[floors[name]].median, "ns");
}

function judgedTail({ p99 }: Measured, name: keyof typeof floors): Metric {
  return againstFloor(p99[name], p99[floors[name]], "ns");
}
