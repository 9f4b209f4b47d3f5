// The Fluke benchmark drawn: one chart per question, five bars each, the models told apart by
// colour and the preemption by the bar's name.
import * as Plot from "@observablehq/plot";
import { combinationName, combinations, type Model } from "../fluke/combination.ts";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, figure, logarithmicAxis, renderSvg } from "./render.ts";

const modelColour: Readonly<Record<Model, string>> = {
  process: colours.blue,
  interrupt: colours.orange,
};

interface Question {
  readonly fileName: string;
  readonly title: string;
  readonly reading: string;
  readonly axis: string;
  readonly column: string;
}

const questions: readonly Question[] = [
  {
    fileName: "fluke-throughput.svg",
    title: "How much work gets done under each kernel configuration",
    reading: "Median of whole workloads finished in a second; longer is better.",
    axis: "workloads per second",
    column: "throughputPerSecond",
  },
  {
    fileName: "fluke-memory.svg",
    title: "What a blocked thread occupies under each kernel configuration",
    reading: "Median memory per blocked thread; shorter is better.",
    axis: "bytes per blocked thread",
    column: "memoryBytesPerBlockedThread",
  },
];

export async function plotFluke(metrics: Metrics): Promise<PlotFile[]> {
  const files = questions.map((question) => ({
    fileName: question.fileName,
    svg: barChart(question, metrics),
  }));
  return [...files, { fileName: "fluke-latency.svg", svg: latencyChart(metrics) }];
}

interface Bar {
  readonly label: string;
  readonly colour: string;
  readonly value: number;
}

function barsOf(metrics: Metrics, column: string): Bar[] {
  return combinations.flatMap((combination) => {
    const metric = metrics[`${combinationName(combination)}.${column}`];
    if (metric === undefined) return [];
    const { model, preemption } = combination;
    const label = `${model}, ${preemption}`;
    return [{ label, colour: modelColour[model], value: metric.value }];
  });
}

const frame = { marginLeft: 140, marginRight: 70, height: 300 } as const;
const barEnd = { textAnchor: "start", dx: 6 } as const;

function barChart(question: Question, metrics: Metrics): string {
  const bars = barsOf(metrics, question.column);
  return renderSvg({
    title: question.title,
    reading: question.reading,
    options: {
      ...frame,
      x: { label: question.axis, grid: true, nice: true },
      y: { label: null, domain: bars.map(({ label }) => label) },
      color: { type: "identity" },
      marks: [
        Plot.barX(bars, { x: "value", y: "label", fill: "colour" }),
        Plot.text(bars, { ...barEnd, x: "value", y: "label", text: ({ value }) => figure(value) }),
        Plot.ruleX([0]),
      ],
    },
  });
}

/** Average, ninth decile and maximum on one line per configuration; the maximum at its end. */
function latencyChart(metrics: Metrics): string {
  const averages = barsOf(metrics, "latencyUsAverage");
  const mostly = barsOf(metrics, "latencyUs90");
  const maxima = barsOf(metrics, "latencyUsMax");
  const missed = barsOf(metrics, "missedCount");
  const lines = averages.map((bar, i) => ({ ...bar, max: maxima[i].value }));
  const ends = maxima.map((bar, i) => ({ ...bar, text: `missed ${missed[i].value}` }));
  return renderSvg({
    title: "How long a high-priority thread waits for the processor",
    reading: "Dot: average. Diamond: nine of ten waited less. Ring: maximum. Left is better.",
    options: {
      ...frame,
      marginRight: 130,
      x: {
        ...logarithmicAxis([...averages, ...mostly, ...maxima].map(({ value }) => value)),
        label: "preemption latency, us (logarithmic)",
      },
      y: { type: "point", label: null, domain: averages.map(({ label }) => label) },
      color: { type: "identity" },
      marks: [
        Plot.ruleY(lines, { x1: "value", x2: "max", y: "label", stroke: "colour" }),
        Plot.dot(averages, { x: "value", y: "label", fill: "colour", r: 6 }),
        Plot.dot(mostly, { x: "value", y: "label", fill: "colour", symbol: "diamond", r: 6 }),
        Plot.dot(maxima, { x: "value", y: "label", stroke: "colour", fill: "white", r: 6 }),
        Plot.text(ends, { ...barEnd, dx: 12, x: "value", y: "label", text: "text" }),
      ],
    },
  });
}
