// The files benchmark drawn: the time of each workload on both hosts.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, renderSvg } from "./render.ts";

interface Bar {
  readonly what: string;
  readonly ms: number;
  readonly colour: string;
}

const workloads = {
  database: "SQLite, 60 000 rows",
  databaseLong: "SQLite, 180 000 rows",
  smallFiles: "5000 small files",
  smallFilesLong: "30 000 small files",
} as const;

export async function plotFiles(metrics: Metrics): Promise<PlotFile[]> {
  const bars = Object.entries(workloads).flatMap(([name, label]): Bar[] => {
    const metric = metrics[name];
    if (metric === undefined || metric.floor === null) return [];
    return [
      { what: `${label}: Shoal`, ms: metric.value, colour: colours.blue },
      { what: `${label}: node:wasi`, ms: metric.floor, colour: colours.orange },
      ...hostCallsOf(metrics, name, label),
    ];
  });
  return [{ fileName: "files.svg", svg: filesChart(bars) }];
}

/** What a run before there was this figure does not have. */
function hostCallsOf(metrics: Metrics, name: string, label: string): Bar[] {
  const metric = metrics[`${name}.hostCalls`];
  if (metric === undefined) return [];
  return [{ what: `${label}: the host's calls alone`, ms: metric.value, colour: colours.grey }];
}

function filesChart(bars: readonly Bar[]): string {
  return renderSvg({
    title: "Work on files of a granted directory",
    reading: "Median time from a program's first instruction to its exit; shorter is better.",
    options: {
      marginLeft: 300,
      marginRight: 60,
      height: 110 + 30 * bars.length,
      x: { label: "ms", grid: true, nice: true },
      y: { label: null, domain: bars.map(({ what }) => what) },
      color: { type: "identity" },
      marks: [
        Plot.barX(bars, { x: "ms", y: "what", fill: "colour" }),
        Plot.text(bars, {
          x: "ms",
          y: "what",
          text: ({ ms }: Bar) => `${Math.round(ms)}`,
          dx: 6,
          textAnchor: "start",
        }),
        Plot.ruleX([0], { stroke: colours.ink }),
      ],
    },
  });
}
