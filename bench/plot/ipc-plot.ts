// The IPC benchmark drawn: round trips against their floors by message size, what each way across a
// border costs, and each technique switched off.
import * as Plot from "@observablehq/plot";
import type { Plot as PlotFile } from "../harness/bench.ts";
import type { Metrics } from "../harness/metric.ts";
import { colours, figure, logarithmicAxis, logarithmicDomain, renderSvg } from "./render.ts";

const sizes: readonly { readonly suffix: string; readonly label: string }[] = [
  { suffix: "", label: "empty" },
  { suffix: "64B", label: "64 B" },
  { suffix: "1024B", label: "1 KiB" },
  { suffix: "4096B", label: "4 KiB" },
];

interface Series {
  readonly metric: string;
  readonly label: string;
  readonly colour: string;
  /** Floors are dashed, ours is solid. */
  readonly isFloor: boolean;
}

const series: readonly Series[] = [
  { metric: "portalRpc", label: "portal, Shoal", colour: colours.blue, isFloor: false },
  { metric: "receiverRpc", label: "receiver, Shoal", colour: colours.orange, isFloor: false },
  { metric: "floorPortal", label: "portal, floor", colour: colours.grey, isFloor: true },
  {
    metric: "floorPortalPromising",
    label: "portal, floor, can suspend",
    colour: colours.blue,
    isFloor: true,
  },
  { metric: "floorReceiver", label: "receiver, floor", colour: colours.orange, isFloor: true },
];

interface Point extends Series {
  readonly size: string;
  readonly ns: number;
}

export async function plotIpc(metrics: Metrics): Promise<PlotFile[]> {
  const files = [
    { fileName: "ipc-messages.svg", svg: messagesChart(metrics) },
    { fileName: "ipc-crossings.svg", svg: crossingsChart(metrics) },
  ];
  const bars = ablationBars(metrics);
  if (bars.length > 0) files.push({ fileName: "ipc-ablation.svg", svg: ablationChart(bars) });
  return files;
}

function messagesChart(metrics: Metrics): string {
  const points = series.flatMap((line) => pointsOf(line, metrics));
  const ends = points.filter((point) => point.size === sizes[sizes.length - 1].label);
  const place = { x: "size", y: "ns", stroke: "colour" } as const;
  return renderSvg({
    title: "One call to another space and its reply, by message size",
    reading: "Median time of a round trip; lower is better. Dashed: the same done by hand.",
    options: {
      marginRight: 190,
      x: { type: "point", domain: sizes.map(({ label }) => label), label: "message, one way" },
      y: {
        ...logarithmicAxis(points.map(({ ns }) => ns)),
        label: "ns per round trip (logarithmic)",
      },
      color: { type: "identity" },
      marks: [
        ...[true, false].map((isFloor) =>
          Plot.line(
            points.filter((point) => point.isFloor === isFloor),
            { ...place, z: "metric", strokeWidth: 2, strokeDasharray: isFloor ? "5 4" : "none" },
          ),
        ),
        Plot.dot(points, { ...place, fill: "colour", r: 3 }),
        ...endLabels(ends, points),
      ],
    },
  });
}

const labelPx = 15;
const framePx = 306;

/** Names the lines at their ends, moving a name up where it would cover the one below it. */
function endLabels(ends: readonly Point[], points: readonly Point[]): Plot.Markish[] {
  const [lowest, highest] = logarithmicDomain(points.map(({ ns }) => ns));
  const heightOf = (ns: number) => (Math.log(ns / lowest) / Math.log(highest / lowest)) * framePx;
  let free = 0;
  return ends
    .toSorted((a, b) => a.ns - b.ns)
    .map((end) => {
      const height = Math.max(heightOf(end.ns), free);
      free = height + labelPx;
      const dy = heightOf(end.ns) - height;
      const place = { textAnchor: "start", dx: 9, dy, fill: end.colour } as const;
      return Plot.text([end], { x: "size", y: "ns", text: "label", ...place });
    });
}

function pointsOf(line: Series, metrics: Metrics): Point[] {
  return sizes.flatMap(({ suffix, label }) => {
    const metric = metrics[line.metric + suffix];
    return metric === undefined ? [] : [{ ...line, size: label, ns: metric.value }];
  });
}

const crossings: Readonly<Record<string, string>> = {
  importPlain: "import, plain caller",
  floorPortalFromTypeScript: "portal, from TypeScript",
  floorPortal: "portal, plain caller",
  floorPortal6Words: "portal with six words, plain caller",
  serverGenerator: "generator, no isolation",
  importPromising: "import, caller can suspend",
  floorPortalPromising: "portal, caller can suspend",
  floorPortalPromising6Words: "portal with six words, caller can suspend",
  serverAsyncFunction: "async function, no isolation",
  importSuspendingAtOnce: "suspending import that answers at once",
  floorReceiver: "receiver: both sides suspend",
};

function crossingsChart(metrics: Metrics): string {
  const bars = Object.entries(crossings)
    .filter(([name]) => metrics[name] !== undefined)
    .map(([name, label]) => ({ label, ns: metrics[name].value }));
  return renderSvg({
    title: "What crossing a border costs with no kernel around it",
    reading: "Median time of one crossing and back; shorter is better. These are the floors.",
    options: {
      marginLeft: 300,
      marginRight: 60,
      x: { label: "ns per crossing and back", grid: true, nice: true },
      y: { label: null },
      marks: [
        Plot.barX(bars, { x: "ns", y: "label", fill: colours.blue, sort: { y: "x" } }),
        Plot.text(bars, { ...barEnd, x: "ns", y: "label", text: (bar) => figure(bar.ns) }),
        Plot.ruleX([0]),
      ],
    },
  });
}

const barEnd = { textAnchor: "start", dx: 5 } as const;
const ablationPrefix = "without.";

interface AblationBar {
  readonly technique: string;
  readonly ratio: number;
}

function ablationBars(metrics: Metrics): AblationBar[] {
  return Object.entries(metrics).flatMap(([name, { ratio }]) =>
    name.startsWith(ablationPrefix) && ratio !== null
      ? [{ technique: name.slice(ablationPrefix.length), ratio }]
      : [],
  );
}

function ablationChart(bars: readonly AblationBar[]): string {
  return renderSvg({
    title: "Each technique switched off",
    reading: "Time of the same round trip without it, over the time with it; 1 is no difference.",
    options: {
      marginLeft: 170,
      marginRight: 60,
      x: { label: "time without / time with", grid: true, nice: true },
      y: { label: null },
      marks: [
        Plot.barX(bars, { x: "ratio", y: "technique", fill: colours.blue, sort: { y: "-x" } }),
        Plot.text(bars, {
          ...barEnd,
          x: "ratio",
          y: "technique",
          text: (bar) => `${bar.ratio.toFixed(2)}×`,
        }),
        Plot.ruleX([1], { stroke: colours.ink, strokeDasharray: "3 3" }),
        Plot.ruleX([0]),
      ],
    },
  });
}
