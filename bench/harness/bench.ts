// What every benchmark is to the command: a name, a sentence, a run that gives metrics, and a way
// to draw them. A benchmark prints nothing itself; it logs progress through its options, and the
// command decides where that goes (the error stream, so that --json stays one object).
import type { Metrics } from "./metric.ts";
import type { Spread } from "./statistics.ts";

export interface BenchOptions {
  /** Small enough for a test run: same work in kind, figures too noisy to quote. */
  readonly quick: boolean;
  /** Only this one of its `parts`; all of them unless given. */
  readonly part?: string | undefined;
  readonly log: (line: string) => void;
}

export interface BenchOutcome {
  readonly metrics: Metrics;
  /** What was run: sizes, counts, rounds. Two runs compare only if these are equal. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** Medians and quartiles behind the metrics, by subject. */
  readonly spreads: Readonly<Record<string, Spread>>;
  /** Equal parameters and an unchanged benchmark give an equal hash, on every machine. */
  readonly workHash: string;
}

export interface Plot {
  readonly fileName: string;
  readonly svg: string;
}

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** What can be run by itself, with the metrics that it gives: of a benchmark that takes long. */
  readonly parts?: readonly string[];
  run(options: BenchOptions): Promise<BenchOutcome>;
  /** Drawn from metrics alone, so that an old result can be drawn again. */
  plot?(metrics: Metrics): Promise<readonly Plot[]>;
}

/** A benchmark that cannot run here says what is missing and how to get it. */
export class BenchUnavailableError extends Error {
  constructor(bench: string, missing: string, remedy: string) {
    super(`bench ${bench}: ${missing}; ${remedy}`);
    this.name = "BenchUnavailableError";
  }
}
