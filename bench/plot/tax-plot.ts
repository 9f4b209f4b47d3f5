// The tax benchmark drawn: for every program, the time of each form over the plain program's.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { timeName } from "../tax/figures.ts";
import { type VariantName, variantNames } from "../tax/variants.ts";
import { colours, renderSvg } from "./render.ts";

interface Look {
  readonly label: string;
  readonly colour: string;
  readonly symbol: Plot.SymbolType;
}

const looks: Readonly<Partial<Record<VariantName, Look>>> = {
  checkpoint: { label: "checkpoint", colour: colours.blue, symbol: "circle" },
  preempt: { label: "preempt", colour: colours.green, symbol: "diamond" },
  asyncify: { label: "Asyncify", colour: colours.orange, symbol: "triangle" },
  asyncifyPreempt: { label: "Asyncify, preempt", colour: colours.purple, symbol: "square" },
};

interface Dot extends Look {
  readonly workload: string;
  readonly ratio: number;
}

export function plotTax(metrics: Metrics): Promise<PlotFile[]> {
  const dots = variantNames.flatMap((variant) => dotsOf(variant, metrics));
  return Promise.resolve([{ fileName: "tax.svg", svg: taxChart(dots) }]);
}

function dotsOf(variant: VariantName, metrics: Metrics): Dot[] {
  const look = looks[variant];
  if (look === undefined) return [];
  const prefix = timeName(variant, "");
  return Object.entries(metrics).flatMap(([name, { ratio }]) =>
    name.startsWith(prefix) && ratio !== null
      ? [{ ...look, workload: name.slice(prefix.length), ratio }]
      : [],
  );
}

function taxChart(dots: readonly Dot[]): string {
  const workloads = [...new Set(dots.map(({ workload }) => workload))];
  return renderSvg({
    title: "What it costs a program that its stack can be taken out",
    reading:
      "Median run time without start-up, over the time without any rewriting; left is better.",
    options: {
      marginLeft: 110,
      marginTop: 26,
      marginRight: 30,
      height: 170 + 26 * workloads.length,
      x: { label: "time / time of the plain program", grid: true, nice: true },
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
          symbol: "symbol",
          r: 5.5,
        }),
        ...Object.values(looks).flatMap(keyEntry),
      ],
    },
  });
}

/** The key is drawn inside the picture, so that the file stands alone. */
function keyEntry({ label, colour, symbol }: Look, index: number): Plot.Markish[] {
  const place = { frameAnchor: "top-left", dy: -18 } as const;
  const dx = index * 140;
  return [
    Plot.dot([0], { ...place, dx: dx + 6, symbol, fill: colour, r: 5.5 }),
    Plot.text([label], { ...place, dx: dx + 18, textAnchor: "start", fill: colour }),
  ];
}
