// The recovery benchmark drawn: how long a server stands still for an image, by its memory, and how long it
// takes to bring one up, by the length of its log.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { laterPauseName, pauseName } from "../recovery/figures.ts";
import { fullSizes } from "../recovery/sizes.ts";
import { colours, logarithmicAxis, renderSvg } from "./render.ts";

interface Point {
  readonly size: number;
  readonly ms: number;
  readonly label: string;
  readonly colour: string;
}

export async function plotRecovery(metrics: Metrics): Promise<PlotFile[]> {
  return [
    { fileName: "recovery-image.svg", svg: imageChart(metrics) },
    { fileName: "recovery-replay.svg", svg: replayChart(metrics) },
  ];
}

function imageChart(metrics: Metrics): string {
  const sizes = fullSizes.memoriesMiB;
  const value = (name: string): number | null => metrics[name]?.value ?? null;
  const floor = (name: string): number | null => metrics[name]?.floor ?? null;
  return lineChart({
    title: "How long a server stands still for an image of it",
    reading:
      "Median pause by the server's memory; lower is better. All of the memory is different.",
    axis: "MiB of memory",
    lines: [
      lineOf(sizes, (size) => value(pauseName(size)), "the first image", colours.blue),
      lineOf(sizes, (size) => value(laterPauseName(size)), "1 % changed", colours.green),
      lineOf(sizes, (size) => floor(pauseName(size)), "copying it", colours.orange),
    ],
  });
}

function replayChart(metrics: Metrics): string {
  const prefix = "recoverMs.";
  const lengths = Object.keys(metrics)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)));
  const time = (records: number): number | null => metrics[`${prefix}${records}`]?.value ?? null;
  return lineChart({
    title: "How long it takes to bring a server up",
    reading:
      "Median time by the records in its log, without the start of an OS process; lower is better.",
    axis: "records in the log",
    lines: [lineOf(lengths, time, "take over, replay", colours.blue)],
  });
}

function lineOf(
  sizes: readonly number[],
  time: (size: number) => number | null,
  label: string,
  colour: string,
): Point[] {
  return sizes.flatMap((size) => {
    const ms = time(size);
    return ms === null ? [] : [{ size, ms, label, colour }];
  });
}

interface LineChart {
  readonly title: string;
  readonly reading: string;
  readonly axis: string;
  readonly lines: readonly (readonly Point[])[];
}

function lineChart({ title, reading, axis, lines }: LineChart): string {
  const points = lines.flat();
  const ticks = [...new Set(points.map(({ size }) => size))];
  return renderSvg({
    title,
    reading,
    options: {
      marginRight: 140,
      x: { type: "log", label: axis, grid: true, ticks, tickFormat: String },
      y: { ...logarithmicAxis(points.map(({ ms }) => ms)), label: "ms" },
      color: { type: "identity" },
      marks: lines.flatMap((line) => [
        Plot.line(line, { x: "size", y: "ms", stroke: "colour", strokeWidth: 2 }),
        Plot.dot(line, { x: "size", y: "ms", fill: "colour", stroke: "white", r: 4.5 }),
        Plot.text(line.slice(-1), {
          x: "size",
          y: "ms",
          text: "label",
          fill: "colour",
          textAnchor: "start",
          dx: 10,
        }),
      ]),
    },
  });
}
