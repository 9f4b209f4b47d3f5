// The five ways one kernel can be configured, as in the Fluke paper: how a blocked thread is kept
// (process model: on its stack; interrupt model: as a call to make again) and where a long kernel
// operation may be preempted. Full preemption needs a stack per thread, so the sixth does not exist.

export type Model = "process" | "interrupt";
export type Preemption = "none" | "partial" | "full";

export interface Combination {
  readonly model: Model;
  readonly preemption: Preemption;
}

export const combinations: readonly Combination[] = [
  { model: "process", preemption: "none" },
  { model: "process", preemption: "partial" },
  { model: "process", preemption: "full" },
  { model: "interrupt", preemption: "none" },
  { model: "interrupt", preemption: "partial" },
];

export function combinationName({ model, preemption }: Combination): string {
  return `${model}.${preemption}`;
}

/** What one run of the workload under one combination showed. */
export interface FlukeRow {
  /** Whole workloads finished in a second: long copies, revokes and short calls together. */
  readonly throughputPerSecond: number;
  /** From the release of the high-priority thread to its first instruction. */
  readonly latencyUsAverage: number;
  /** As the average, but unmoved by the moments when the machine runs something else. */
  readonly latencyUsMedian: number;
  /** Nine of ten releases were served sooner: where long operations show and pauses do not yet. */
  readonly latencyUs90: number;
  readonly latencyUsMax: number;
  /** Releases that came while the one before had not been served yet. */
  readonly missedCount: number;
  readonly releaseCount: number;
  /** Time spent doing again what an interruption threw away, over the operation's whole time. */
  readonly restartShare: number;
  readonly memoryBytesPerBlockedThread: number;
  /** The checksum of the work, the same under every combination. */
  readonly checksum: number;
}
