// From the rounds' medians to the metrics of the IPC benchmark. The floor of a message is the floor
// of an empty call with the fastest way of copying at that size, whichever that turned out to be.
import {
  additionName,
  clockGhz,
  copyMethods,
  type Entry,
  entries,
  importNames,
  messageSizes,
  portalMessageName,
  portalName,
  portalWordsName,
  receiverMessageName,
  receiverName,
  scriptServerNames,
  typescriptCallerName,
} from "../floor/index.ts";
import { againstFloor, type Metric, plainMetric } from "../harness/metric.ts";
import type { RoundResult } from "../harness/rounds.ts";
import { ablation } from "./ablation.ts";
import { oursMetrics } from "./ours.ts";

/** L3's null IPC, one way, in cycles, as published for a 486: other hardware, so never a ratio. */
const publishedL3Cycles = 250;

export type Figures = ReadonlyMap<string, number>;

export function medianNs(result: RoundResult, subject: string): number {
  const spread = result.spreadNs.get(subject);
  if (spread === undefined) throw new RangeError(`there was no subject ${subject} in these rounds`);
  return spread.median;
}

const suffix: Readonly<Record<Entry, string>> = { plain: "", promising: "Promising" };

/** Floors in nanoseconds, by the name under which they are reported. */
export function floorFigures(result: RoundResult): Figures {
  const figures = new Map<string, number>();
  const ns = (subject: string) => medianNs(result, subject);
  const fastest = (nameOf: (method: (typeof copyMethods)[number]) => string) =>
    Math.min(...copyMethods.map((method) => ns(nameOf(method))));

  for (const entry of entries) {
    const name = `floorPortal${suffix[entry]}`;
    figures.set(name, ns(portalName(entry)));
    figures.set(`${name}6Words`, ns(portalWordsName(entry)));
    for (const size of messageSizes) {
      figures.set(
        `${name}${size}B`,
        fastest((method) => portalMessageName(entry, size, method)),
      );
    }
  }
  figures.set("floorPortalFromTypeScript", ns(typescriptCallerName));
  figures.set("floorReceiver", ns(receiverName));
  for (const size of messageSizes) {
    figures.set(
      `floorReceiver${size}B`,
      fastest((method) => receiverMessageName(size, method)),
    );
  }
  return addOrientation(figures, ns);
}

function addOrientation(figures: Map<string, number>, ns: (subject: string) => number): Figures {
  figures.set("importPlain", ns(importNames.plain));
  figures.set("importPromising", ns(importNames.promising));
  figures.set("importSuspendingAtOnce", ns(importNames.suspendingAtOnce));
  figures.set("serverGenerator", ns(scriptServerNames.generator));
  figures.set("serverAsyncFunction", ns(scriptServerNames.asyncFunction));
  return figures;
}

export function ipcMetrics(result: RoundResult): Record<string, Metric> {
  const floors = floorFigures(result);
  const metrics: Record<string, Metric> = {};
  for (const { metric, floor: floorName, subject } of oursMetrics) {
    const floor = floors.get(floorName);
    if (floor === undefined) throw new RangeError(`${metric} names no floor we measure`);
    metrics[metric] = againstFloor(medianNs(result, subject), floor, "ns");
  }
  for (const [technique, { on, off }] of Object.entries(ablation)) {
    metrics[`without.${technique}`] = againstFloor(
      medianNs(result, off),
      medianNs(result, on),
      "ns",
    );
  }
  for (const [name, ns] of floors) metrics[name] = plainMetric(ns, "ns");
  return { ...metrics, ...cycleMetrics(result, floors, metrics["portalRpc"]?.value) };
}

function cycleMetrics(
  result: RoundResult,
  floors: Figures,
  portalRpcNs: number | undefined,
): Record<string, Metric> {
  const ghz = clockGhz(medianNs(result, additionName));
  const oneWayCycles = (roundTripNs: number) => (roundTripNs / 2) * ghz;
  const unit = "cycles, estimated";
  const metrics: Record<string, Metric> = {
    clockRate: plainMetric(ghz, "GHz, estimated"),
    floorIpcCycles: plainMetric(oneWayCycles(floors.get("floorPortalPromising") ?? NaN), unit),
    publishedL3NullIpcCycles: plainMetric(publishedL3Cycles, "cycles on a 486"),
  };
  if (portalRpcNs !== undefined) {
    metrics["nullIpcCycles"] = plainMetric(oneWayCycles(portalRpcNs), unit);
  }
  return metrics;
}
