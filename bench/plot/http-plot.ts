// The http benchmark drawn: requests per second of the server in C and of bare net, by how many
// connections there were at once.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, figure, renderSvg } from "./render.ts";

interface Bar {
  readonly label: string;
  readonly rate: number;
  readonly colour: string;
}

const look: Readonly<Record<string, { readonly name: string; readonly colour: string }>> = {
  shoal: { name: "C on Shoal", colour: colours.blue },
  net: { name: "node:net, bare", colour: colours.grey },
};

const loadNames: Readonly<Record<string, string>> = {
  1: "1 connection",
  idle: "8 among 480 idle",
};

export async function plotHttp(metrics: Metrics): Promise<PlotFile[]> {
  return [{ fileName: "http.svg", svg: httpChart(barsOf(metrics)) }];
}

function barsOf(metrics: Metrics): Bar[] {
  return Object.entries(metrics).flatMap(([name, { value }]) => {
    const [what, server = "", load = ""] = name.split(".");
    if (what !== "requests") return [];
    const of = loadNames[load] ?? `${load} connections`;
    const { name: who, colour } = look[server]!;
    return [{ label: `${who}, ${of}`, rate: value, colour }];
  });
}

function httpChart(bars: readonly Bar[]): string {
  return renderSvg({
    title: "Requests per second over connections kept alive",
    reading: "The same client drives both servers in turn, each in a process; right is better.",
    options: {
      marginLeft: 210,
      marginRight: 60,
      height: 60 + 50 * bars.length,
      x: { label: "requests per second", grid: true, nice: true },
      y: { type: "band", domain: bars.map(({ label }) => label), label: null, padding: 0.2 },
      color: { type: "identity" },
      marks: [
        Plot.barX(bars, { x: "rate", y: "label", fill: "colour" }),
        Plot.text(bars, {
          x: "rate",
          y: "label",
          text: (bar: Bar) => figure(bar.rate),
          textAnchor: "start",
          dx: 6,
        }),
        Plot.ruleX([0]),
      ],
    },
  });
}
