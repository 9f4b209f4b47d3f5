// A chart of ratios: for every workload a dot for each thing compared, on one axis, with a line at 1. The key
// is drawn inside the picture, so that the file stands alone.
import * as Plot from "@observablehq/plot";
import type { Metrics } from "../harness/metric.ts";
import { colours, renderSvg } from "./render.ts";

/** How one of the things compared is shown. */
export interface Look {
  readonly label: string;
  readonly colour: string;
  readonly symbol: Plot.SymbolType;
}

export interface RatioDot extends Look {
  readonly workload: string;
  readonly ratio: number;
}

/** The ratios of the metrics that begin with a prefix; what follows it is the workload. */
export function dotsOf(metrics: Metrics, prefix: string, look: Look): RatioDot[] {
  return Object.entries(metrics).flatMap(([name, { ratio }]) =>
    name.startsWith(prefix) && ratio !== null
      ? [{ ...look, workload: name.slice(prefix.length), ratio }]
      : [],
  );
}

export interface RatioChart {
  readonly title: string;
  readonly reading: string;
  readonly axis: string;
  readonly dots: readonly RatioDot[];
  /** What the key names, in this order. */
  readonly looks: readonly Look[];
  /** Pixels: room for the workloads' names, for each workload, and for each entry of the key. */
  readonly nameWidth: number;
  readonly rowHeight: number;
  readonly keyWidth: number;
}

export function ratioChart(chart: RatioChart): string {
  const { title, reading, axis, dots, looks } = chart;
  const workloads = [...new Set(dots.map(({ workload }) => workload))];
  return renderSvg({
    title,
    reading,
    options: {
      marginLeft: chart.nameWidth,
      marginTop: 26,
      marginRight: 30,
      height: 170 + chart.rowHeight * workloads.length,
      x: { label: axis, grid: true, nice: true },
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
        ...looks.flatMap((look, index) => keyEntry(look, index * chart.keyWidth)),
      ],
    },
  });
}

function keyEntry({ label, colour, symbol }: Look, dx: number): Plot.Markish[] {
  const place = { frameAnchor: "top-left", dy: -18 } as const;
  return [
    Plot.dot([0], { ...place, dx: dx + 6, symbol, fill: colour, r: 5.5 }),
    Plot.text([label], { ...place, dx: dx + 18, textAnchor: "start", fill: colour }),
  ];
}
