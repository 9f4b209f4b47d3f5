// From a chart's description to an SVG file that stands alone: white background, one font, a title
// that states what is shown, and a sentence under it that says how to read it. Nothing here knows
// what is plotted.
import * as Plot from "@observablehq/plot";
import { JSDOM } from "jsdom";

/** Okabe and Ito's palette: told apart by readers with any kind of colour vision. */
export const colours = {
  blue: "#0072b2",
  orange: "#d55e00",
  green: "#009e73",
  purple: "#cc79a7",
  amber: "#e69f00",
  grey: "#767676",
  ink: "#222222",
} as const;

export interface Chart {
  readonly title: string;
  readonly reading: string;
  readonly options: Plot.PlotOptions;
}

const titlePx = 16;
const readingPx = 12;
const headPx = 64;

export function renderSvg(chart: Chart): string {
  const document = new JSDOM().window.document;
  const plot = Plot.plot({
    width: 760,
    height: 420,
    marginLeft: 70,
    marginBottom: 50,
    ...chart.options,
    x: { labelAnchor: "center", labelArrow: "none", labelOffset: 38, ...chart.options.x },
    y: { labelAnchor: "center", labelArrow: "none", ...chart.options.y },
    marginTop: headPx + (chart.options.marginTop ?? 0),
    // The plot's own type of document is a browser's, which the compiler does not load here.
    document: document as NonNullable<Plot.PlotOptions["document"]>,
    style: {
      fontFamily: "DejaVu Sans, Helvetica, Arial, sans-serif",
      fontSize: `${readingPx}px`,
      background: "white",
      color: colours.ink,
    },
    marks: [...(chart.options.marks ?? []), ...heading(chart)],
  });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${plot.outerHTML}\n`;
}

/** The title and the sentence, at the left edge above the frame. */
function heading(chart: Chart): Plot.Markish[] {
  const left = -(chart.options.marginLeft ?? 70) + 12;
  const above = headPx + (chart.options.marginTop ?? 0);
  const place = { frameAnchor: "top-left", dx: left, lineAnchor: "top", textAnchor: "start" };
  const line = (text: string, dy: number, fontSize: number, fontWeight: string) =>
    Plot.text([text], { ...place, dy, fontSize, fontWeight } as Plot.TextOptions);
  return [
    line(chart.title, 12 - above, titlePx, "bold"),
    line(chart.reading, 36 - above, readingPx, "normal"),
  ];
}

const steps = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
);

/** The round numbers (1, 2 or 5 of a decade) that enclose the values. */
export function logarithmicDomain(values: readonly number[]): readonly [number, number] {
  const lowest = steps.findLast((step) => step <= Math.min(...values)) ?? steps[0];
  const highest = steps.find((step) => step >= Math.max(...values)) ?? steps[steps.length - 1];
  return [lowest, highest];
}

/** A logarithmic scale between round numbers, labelled at 1, 2 and 5 of every decade. */
export function logarithmicAxis(values: readonly number[]): Plot.ScaleOptions {
  const domain = logarithmicDomain(values);
  const ticks = steps.filter((step) => step >= domain[0] && step <= domain[1]);
  return { type: "log", domain, ticks, tickFormat: String, tickSpacing: 24, grid: true };
}

/** Three significant digits, for a label beside a bar. */
export function figure(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
