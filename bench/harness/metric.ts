// What a benchmark says: named metrics, each with its unit and, where there is one, the floor it
// is judged by. A floor is the same work done by hand with nothing around it, measured in the same
// run; the ratio is ours over the floor. Absolute times depend on the machine's mood, ratios less.
import { significant } from "./statistics.ts";

export interface Metric {
  readonly value: number;
  readonly unit: string;
  readonly floor: number | null;
  readonly ratio: number | null;
}

export type Metrics = Readonly<Record<string, Metric>>;

export interface Report {
  readonly bench: string;
  readonly metrics: Metrics;
}

/** A metric with nothing to be compared with: a floor itself, a count, a rate. */
export function plainMetric(value: number, unit: string): Metric {
  return { value: significant(value), unit, floor: null, ratio: null };
}

export function againstFloor(value: number, floor: number, unit: string): Metric {
  return {
    value: significant(value),
    unit,
    floor: significant(floor),
    ratio: significant(value / floor),
  };
}

/** The readable form: one line per metric, columns padded to the widest entry. */
export function formatTable(report: Report): string {
  const rows = [["metric", "value", "unit", "floor", "ratio"]];
  for (const [name, metric] of Object.entries(report.metrics)) {
    const { value, unit, floor, ratio } = metric;
    rows.push([name, String(value), unit, floor?.toString() ?? "", ratio?.toFixed(2) ?? ""]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => formatRow(row, widths));
  return [`bench ${report.bench}`, ...lines].join("\n");
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const isText = (column: number) => column === 0 || column === 2;
  const cells = row.map((cell, column) =>
    isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
  );
  return cells.join("  ").trimEnd();
}
