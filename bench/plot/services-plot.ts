// The services benchmark drawn: what a call costs, by how it is made.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, renderSvg } from "./render.ts";

/** From the cheapest to the dearest. */
const rows = [
  ["floorGenerator", "generator"],
  ["floorAsyncFunction", "async function"],
  ["codec", "codec alone"],
  ["typedCallSync", "service, at once"],
  ["typedCall", "service"],
  ["durableCallMemory", "durable service, memory"],
  ["comlink", "comlink, a worker"],
  ["piscina", "piscina, a worker"],
  ["durableCallDisk", "durable service, disk"],
] as const;

export function plotServices(metrics: Metrics): PlotFile[] {
  const calls = rows.flatMap(([name, label]) => {
    const metric = metrics[name];
    return metric === undefined ? [] : [{ label, ns: metric.value }];
  });
  const svg = renderSvg({
    title: "A call with a number and its answer",
    reading: "Median time of a call, made one after the other; lower is better.",
    options: {
      marginLeft: 170,
      marginRight: 60,
      height: 90 + 30 * calls.length,
      x: { type: "log", label: "ns per call", grid: true },
      y: { domain: calls.map(({ label }) => label), label: null },
      marks: [
        Plot.dot(calls, { x: "ns", y: "label", fill: colours.blue, r: 5 }),
        Plot.text(calls, {
          x: "ns",
          y: "label",
          dx: 10,
          textAnchor: "start",
          text: ({ ns }: { readonly ns: number }) => `${Math.round(ns)}`,
        }),
      ],
    },
  });
  return [{ fileName: "services.svg", svg }];
}
