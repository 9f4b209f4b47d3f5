// The channel benchmark drawn: what a call to another core costs, by how it is made and in which condition.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, figure, renderSvg } from "./render.ts";

/** From the cheapest to the dearest. */
const rows = [
  ["coreRpcPolling", "call, both polling"],
  ["typedRpc", "typed call, server polling"],
  ["cellRpc", "call between processes, polling"],
  ["coreRpcLoop", "call, event loops"],
  ["typedLoop", "typed call, event loops"],
  ["messagePort", "MessagePort"],
  ["piscina", "piscina"],
  ["comlink", "comlink"],
  ["asleepVsAtomicsWait", "call, both asleep"],
  ["fork", "fork, its messages"],
  ["unixSocket", "Unix socket, JSON"],
] as const;

const looks = [
  ["", "quiet", colours.blue],
  ["awake.", "processors awake", colours.green],
  ["load.", "competing load", colours.orange],
  ["oneCpu.", "one processor", colours.purple],
] as const;

export function plotChannel(metrics: Metrics): PlotFile[] {
  const dots = rows.flatMap(([name, label]) =>
    looks.flatMap(([prefix, condition, colour]) => {
      const value = metrics[prefix + name]?.value;
      return value === undefined ? [] : [{ label, condition, colour, ns: value }];
    }),
  );
  const floors = rows.flatMap(([name, label]) => {
    const floor = metrics[name]?.floor;
    return floor === undefined || floor === null ? [] : [{ label, ns: floor }];
  });
  const svg = renderSvg({
    title: "A call to another core and its answer",
    reading: "Median time of a call; lower is better. Bars: the same by hand, quiet.",
    options: {
      marginLeft: 210,
      marginTop: 26,
      marginRight: 60,
      height: 110 + 30 * rows.length,
      x: { type: "log", label: "ns per call", grid: true },
      y: { domain: rows.map(([, label]) => label), label: null },
      color: { type: "identity" },
      marks: [
        ...looks.map(([, condition, colour], i) =>
          Plot.text([condition], {
            frameAnchor: "top-left",
            dx: 130 * i,
            dy: -18,
            textAnchor: "start",
            fill: colour,
          }),
        ),
        Plot.tickX(floors, { x: "ns", y: "label", stroke: colours.ink, strokeWidth: 2 }),
        Plot.dot(dots, { x: "ns", y: "label", fill: "colour", r: 5 }),
        Plot.text(
          dots.filter(({ condition }) => condition === "quiet"),
          {
            x: "ns",
            y: "label",
            dy: -10,
            text: ({ ns }: { readonly ns: number }) => figure(ns),
          },
        ),
      ],
    },
  });
  return [{ fileName: "channel.svg", svg }];
}
