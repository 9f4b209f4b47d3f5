// The programs benchmark drawn: for every program, each host's time over the best peer's.
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { computeMetric, type HostName, hostNames } from "../programs/host.ts";
import { dotsOf, type Look, ratioChart } from "./ratio-chart.ts";
import { colours } from "./render.ts";

const looks: Readonly<Record<HostName, Look>> = {
  shoal: { label: "Shoal", colour: colours.blue, symbol: "circle" },
  nodeWasi: { label: "node:wasi", colour: colours.orange, symbol: "triangle" },
  browserShim: { label: "browser_wasi_shim", colour: colours.grey, symbol: "square" },
};

export async function plotPrograms(metrics: Metrics): Promise<PlotFile[]> {
  const hosts = hostNames.map((host) => ({
    look: looks[host],
    dots: dotsOf(metrics, computeMetric(host, ""), looks[host]),
  }));
  const svg = ratioChart({
    title: "Run time of real programs, over the better of the two peers",
    reading: "Median compute time without start-up; left is better, 1 is the better peer.",
    axis: "time / time of the better peer",
    dots: hosts.flatMap(({ dots }) => dots),
    // A peer that could run none of them is not in the key either.
    looks: hosts.filter(({ dots }) => dots.length > 0).map(({ look }) => look),
    nameWidth: 190,
    rowHeight: 22,
    keyWidth: 160,
  });
  return [{ fileName: "programs.svg", svg }];
}
