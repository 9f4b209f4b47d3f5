// Order statistics of repeated measurements. Benchmarks on a shared machine are skewed by pauses
// that are not ours, so everything here is a median or a quartile and nothing is a mean of times.

export interface Spread {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly count: number;
}

/** The value below which `share` of the samples lie, interpolated between neighbours. */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError("a quantile needs at least one sample");
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function spreadOf(samples: readonly number[]): Spread {
  return {
    median: median(samples),
    lowerQuartile: quantile(samples, 0.25),
    upperQuartile: quantile(samples, 0.75),
    count: samples.length,
  };
}

/** The mean that treats 2x slower and 2x faster as opposites: the only fair one for ratios. */
export function geometricMean(ratios: readonly number[]): number {
  if (ratios.length === 0) throw new RangeError("a geometric mean needs at least one ratio");
  const logarithms = ratios.map((ratio) => Math.log(ratio));
  return Math.exp(logarithms.reduce((sum, value) => sum + value, 0) / ratios.length);
}

/** Four significant digits: more would be noise printed as if it were knowledge. */
export function significant(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
}
