// The services benchmark drawn: what a call costs, by how it is made, and the same as a multiple of the least
// that the call is made of.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, renderSvg } from "./render.ts";

type Kind = "by hand" | "service" | "durable service" | "worker thread";

interface Row {
  readonly label: string;
  readonly kind: Kind;
  readonly ns: number;
}

const rows: readonly (readonly [metric: string, label: string, kind: Kind])[] = [
  ["floorGenerator", "generator", "by hand"],
  ["floorAsyncFunction", "async function", "by hand"],
  ["codec", "codec, a number", "by hand"],
  ["codecObject", "codec, a small object", "by hand"],
  ["typedCallSync", "answered at once", "service"],
  ["typedCall", "awaited", "service"],
  ["typedCallObject", "awaited, a small object", "service"],
  ["typedCallWaiting", "of a method that awaits", "service"],
  ["durableCallMemory", "log in memory", "durable service"],
  ["durableCallDisk", "log on disk", "durable service"],
  ["comlink", "comlink", "worker thread"],
  ["piscina", "piscina", "worker thread"],
];

const kinds: readonly Kind[] = ["by hand", "service", "durable service", "worker thread"];
const range = [colours.grey, colours.blue, colours.green, colours.orange];

/** Metrics whose floor is the function and the codec, and the most that they may be of it. */
const ratios: readonly (readonly [metric: string, label: string])[] = [
  ["typedCallSync", "answered at once"],
  ["typedCall", "awaited"],
  ["typedCallObject", "awaited, a small object"],
];
const ratioGoal = 3;

export function plotServices(metrics: Metrics): PlotFile[] {
  return [
    { fileName: "services.svg", svg: timesSvg(metrics) },
    { fileName: "services-ratios.svg", svg: ratiosSvg(metrics) },
  ];
}

function timesSvg(metrics: Metrics): string {
  const calls = rows.flatMap(([name, label, kind]): Row[] => {
    const metric = metrics[name];
    return metric === undefined ? [] : [{ label, kind, ns: metric.value }];
  });
  const most = Math.max(...calls.map(({ ns }) => ns));
  return renderSvg({
    title: "A call of a service, beside what it is made of and what others offer",
    reading:
      "Median time of a call, made one after the other, on a logarithmic scale; lower is better.",
    options: {
      marginLeft: 170,
      marginRight: 150,
      height: 150 + 26 * calls.length,
      x: {
        type: "log",
        label: "time per call",
        grid: true,
        domain: [5, most * 2],
        ticks: 6,
        tickFormat: timeText,
      },
      y: { domain: calls.map(({ label }) => label), label: null },
      color: { domain: [...kinds], range: [...range] },
      marks: [
        Plot.ruleY(calls, { x1: 5, x2: "ns", y: "label", stroke: "kind", strokeOpacity: 0.35 }),
        Plot.dot(calls, { x: "ns", y: "label", fill: "kind", r: 5 }),
        Plot.text(calls, {
          x: "ns",
          y: "label",
          dx: 10,
          textAnchor: "start",
          text: ({ ns, kind }: Row) => `${timeText(ns)}, ${kind}`,
        }),
      ],
    },
  });
}

function ratiosSvg(metrics: Metrics): string {
  const bars = ratios.flatMap(([name, label]) => {
    const ratio = metrics[name]?.ratio ?? undefined;
    return ratio === undefined ? [] : [{ label, ratio }];
  });
  return renderSvg({
    title: "A typed call, as a multiple of the function and the codec alone",
    reading: "Medians of the same run. The line is the goal: three times what cannot be left out.",
    options: {
      marginLeft: 170,
      height: 150 + 40 * bars.length,
      x: {
        label: "times the function and the codec",
        grid: true,
        domain: [0, Math.max(ratioGoal, ...bars.map(({ ratio }) => ratio)) * 1.15],
      },
      y: { domain: bars.map(({ label }) => label), label: null },
      marks: [
        Plot.barX(bars, {
          x: "ratio",
          y: "label",
          fill: colours.blue,
          insetTop: 6,
          insetBottom: 6,
        }),
        Plot.text(bars, {
          x: "ratio",
          y: "label",
          dx: 6,
          textAnchor: "start",
          text: ({ ratio }: { readonly ratio: number }) => ratio.toFixed(1),
        }),
        Plot.ruleX([1], { stroke: colours.ink }),
        Plot.ruleX([ratioGoal], { stroke: colours.orange, strokeDasharray: "4 3" }),
      ],
    },
  });
}

/** In the unit in which it is easily read, two digits of it. */
function timeText(ns: number): string {
  if (ns < 1000) return `${Math.round(ns)} ns`;
  return ns < 1e6 ? `${twoDigits(ns / 1000)} us` : `${twoDigits(ns / 1e6)} ms`;
}

function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}
