// Runs the Fluke workload under one combination: copies of 1 MiB and revokes of 10 000 capabilities
// in one thread, short calls in others, and a high-priority thread released every millisecond by
// another thread through a shared word. The kernel's side is not here yet.
import { BenchUnavailableError } from "../harness/bench.ts";
import type { Combination, FlukeRow } from "./combination.ts";

export interface FlukeParameters {
  readonly copyBytes: number;
  readonly revokeCount: number;
  readonly releaseIntervalUs: number;
  readonly durationMs: number;
  /** Threads blocked at once when memory is measured. */
  readonly blockedThreads: number;
}

export async function measureCombination(
  _combination: Combination,
  _parameters: FlukeParameters,
): Promise<FlukeRow> {
  throw new BenchUnavailableError(
    "fluke",
    "no kernel can be driven from here yet",
    "write measureCombination in bench/fluke/driver.ts",
  );
}
