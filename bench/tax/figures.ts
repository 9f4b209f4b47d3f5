// From run times and sizes to the metrics of the tax. A form's tax is the geometric mean, over the
// programs that there is such a form of, of its median time over the plain program's.
import { againstFloor, type Metric, plainMetric } from "../harness/metric.ts";
import { geometricMean, median, type Spread, spreadOf } from "../harness/statistics.ts";
import { type VariantFile, type VariantName, variantNames } from "./variants.ts";

export interface Measured {
  readonly workload: string;
  readonly files: readonly VariantFile[];
  readonly timesMs: Map<VariantName, number[]>;
}

/** Figures of single operations, by metric name. */
export type Costs = Readonly<Record<string, Metric>>;

/** Those that there is a form of. */
function having(measured: readonly Measured[], variant: VariantName): Measured[] {
  return measured.filter(({ files }) => files.some((file) => file.variant === variant));
}

const taxed = variantNames.filter((variant) => variant !== "plain");

export function taxName(variant: VariantName): string {
  return `tax${capital(variant)}`;
}

/** The metric with one program's time in one form. */
export function timeName(variant: VariantName, workload: string): string {
  return `time.${variant}.${workload}`;
}

export function taxMetrics(
  measured: readonly Measured[],
  megabytesPerSecond: number,
  costs: Costs,
): Record<string, Metric> {
  const metrics: Record<string, Metric> = {};
  for (const variant of taxed) {
    const ratios = having(measured, variant).map(
      (one) => medianOf(one, variant) / medianOf(one, "plain"),
    );
    metrics[taxName(variant)] = againstFloor(geometricMean(ratios), 1, "ratio");
  }
  for (const variant of taxed) {
    const ratios = having(measured, variant).map(
      (one) => sizeOf(one, variant) / sizeOf(one, "plain"),
    );
    metrics[`size${capital(variant)}`] = againstFloor(geometricMean(ratios), 1, "ratio");
  }
  metrics["rewriteMBps"] = plainMetric(megabytesPerSecond, "MB/s");
  Object.assign(metrics, costs);
  for (const one of measured) {
    const floor = medianOf(one, "plain");
    for (const { variant } of one.files) {
      metrics[timeName(variant, one.workload)] = againstFloor(medianOf(one, variant), floor, "ms");
    }
  }
  return metrics;
}

export function taxSpreads(measured: readonly Measured[]): Record<string, Spread> {
  const all = measured.flatMap(({ workload, timesMs }) =>
    [...timesMs].map(([variant, times]) => [`${workload}/${variant}`, spreadOf(times)] as const),
  );
  return Object.fromEntries(all);
}

function capital(variant: VariantName): string {
  return variant.charAt(0).toUpperCase() + variant.slice(1);
}

function medianOf({ timesMs }: Measured, variant: VariantName): number {
  return median(timesMs.get(variant) ?? []);
}

function sizeOf({ files, workload }: Measured, variant: VariantName): number {
  const file = files.find((one) => one.variant === variant);
  if (file === undefined) throw new RangeError(`${workload} was not written as ${variant}`);
  return file.byteCount;
}
