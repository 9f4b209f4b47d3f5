// The pipe benchmark drawn: bytes per second by the size of a write, ours and the host's.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, logarithmicAxis, renderSvg } from "./render.ts";
import { chunkSizes, type PairName, throughputMetric } from "../pipe/pipe.ts";

const look: Readonly<Record<PairName, { readonly label: string; readonly colour: string }>> = {
  shoal: { label: "Shoal, one core", colour: colours.blue },
  native: { label: "dd | dd, two processes", colour: colours.orange },
};

interface Point {
  readonly chunkBytes: number;
  readonly rate: number;
  readonly label: string;
  readonly colour: string;
}

export async function plotPipe(metrics: Metrics): Promise<PlotFile[]> {
  const lines = (["shoal", "native"] as const).map((who) => pointsOf(who, metrics));
  return [{ fileName: "pipe.svg", svg: pipeChart(lines) }];
}

function pointsOf(who: PairName, metrics: Metrics): Point[] {
  return chunkSizes.flatMap((chunkBytes) => {
    const metric = metrics[throughputMetric(who, chunkBytes)];
    return metric === undefined ? [] : [{ chunkBytes, rate: metric.value, ...look[who] }];
  });
}

function pipeChart(lines: readonly (readonly Point[])[]): string {
  const points = lines.flat();
  return renderSvg({
    title: "Bytes from one program to another through a pipe",
    reading: "Median throughput by the size of a write; higher is better.",
    options: {
      marginRight: 170,
      x: { type: "log", base: 2, label: "bytes per write", grid: true, ticks: [...chunkSizes] },
      y: { ...logarithmicAxis(points.map(({ rate }) => rate)), label: "GB/s", grid: true },
      color: { type: "identity" },
      marks: lines.flatMap((line) => [
        Plot.line(line, { x: "chunkBytes", y: "rate", stroke: "colour", strokeWidth: 2 }),
        Plot.dot(line, { x: "chunkBytes", y: "rate", fill: "colour", stroke: "white", r: 4.5 }),
        Plot.text(line.slice(-1), {
          x: "chunkBytes",
          y: "rate",
          text: "label",
          fill: "colour",
          textAnchor: "start",
          dx: 10,
        }),
      ]),
    },
  });
}
