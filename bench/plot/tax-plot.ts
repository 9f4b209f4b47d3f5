// The tax benchmark drawn: for every program, the time of each form over the plain program's.
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { timeName } from "../tax/figures.ts";
import { type VariantName, variantNames } from "../tax/variants.ts";
import { dotsOf, type Look, ratioChart } from "./ratio-chart.ts";
import { colours } from "./render.ts";

const looks: Readonly<Partial<Record<VariantName, Look>>> = {
  checkpoint: { label: "checkpoint", colour: colours.blue, symbol: "circle" },
  preempt: { label: "preempt", colour: colours.green, symbol: "diamond" },
  asyncify: { label: "Asyncify", colour: colours.orange, symbol: "triangle" },
  asyncifyPreempt: { label: "Asyncify, preempt", colour: colours.purple, symbol: "square" },
};

export async function plotTax(metrics: Metrics): Promise<PlotFile[]> {
  const dots = variantNames.flatMap((variant) => {
    const look = looks[variant];
    return look === undefined ? [] : dotsOf(metrics, timeName(variant, ""), look);
  });
  const svg = ratioChart({
    title: "What it costs a program that its stack can be taken out",
    reading:
      "Median run time without start-up, over the time without any rewriting; left is better.",
    axis: "time / time of the plain program",
    dots,
    looks: Object.values(looks),
    nameWidth: 110,
    rowHeight: 26,
    keyWidth: 140,
  });
  return [{ fileName: "tax.svg", svg }];
}
