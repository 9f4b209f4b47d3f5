// The programs benchmark drawn: for every program, each host's time over the best peer's.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { computeMetric, type HostName, hostNames } from "../programs/host.ts";
import { colours, renderSvg } from "./render.ts";

const look: Readonly<Record<HostName, { readonly label: string; readonly colour: string }>> = {
  shoal: { label: "Shoal", colour: colours.blue },
  nodeWasi: { label: "node:wasi", colour: colours.orange },
  browserShim: { label: "browser_wasi_shim", colour: colours.grey },
};

interface Dot {
  readonly workload: string;
  readonly host: HostName;
  readonly label: string;
  readonly colour: string;
  readonly ratio: number;
}

export async function plotPrograms(metrics: Metrics): Promise<PlotFile[]> {
  const dots = hostNames.flatMap((host) => dotsOf(host, metrics));
  return [{ fileName: "programs.svg", svg: programsChart(dots) }];
}

function dotsOf(host: HostName, metrics: Metrics): Dot[] {
  const prefix = computeMetric(host, "");
  return Object.entries(metrics).flatMap(([name, { ratio }]) =>
    name.startsWith(prefix) && ratio !== null
      ? [{ workload: name.slice(prefix.length), host, ...look[host], ratio }]
      : [],
  );
}

const symbols: Readonly<Record<HostName, string>> = {
  shoal: "circle",
  nodeWasi: "triangle",
  browserShim: "square",
};

function programsChart(dots: readonly Dot[]): string {
  const workloads = [...new Set(dots.map(({ workload }) => workload))];
  const shown = hostNames.filter((host) => dots.some((dot) => dot.host === host));
  const key = shown.map((host, index) => ({ host, index, ...look[host] }));
  return renderSvg({
    title: "Run time of real programs, over the better of the two peers",
    reading: "Median compute time without start-up; left is better, 1 is the better peer.",
    options: {
      marginLeft: 190,
      marginTop: 26,
      marginRight: 30,
      height: 170 + 22 * workloads.length,
      x: { label: "time / time of the better peer", grid: true, nice: true },
      y: { type: "point", domain: workloads, label: null, grid: true },
      color: { type: "identity" },
      symbol: { type: "identity" },
      marks: [
        Plot.ruleX([1], { stroke: colours.ink, strokeDasharray: "3 3" }),
        Plot.dot(dots, {
          x: "ratio",
          y: "workload",
          fill: "colour",
          stroke: "white",
          symbol: (dot: Dot) => symbols[dot.host],
          r: 5.5,
        }),
        ...key.flatMap(({ host, index, label, colour }) =>
          keyEntry(symbols[host], index, label, colour),
        ),
      ],
    },
  });
}

/** The key is drawn inside the picture, so that the file stands alone. */
function keyEntry(symbol: string, index: number, label: string, colour: string): Plot.Markish[] {
  const place = { frameAnchor: "top-left", dy: -18 } as const;
  const dx = index * 160;
  return [
    Plot.dot([0], {
      ...place,
      dx: dx + 6,
      symbol: symbol as Plot.SymbolType,
      fill: colour,
      r: 5.5,
    }),
    Plot.text([label], { ...place, dx: dx + 18, textAnchor: "start", fill: colour }),
  ];
}
