// One campaign of fuzzing, decided by a seed: draws a specimen, mutates it, judges what comes of it.
import { Random } from "../../../src/base/index.ts";
import type { Specimen } from "./corpus.ts";
import { FuzzFailure, judge, type Verdict } from "./judge.ts";
import { mutate } from "./mutate.ts";

export interface CampaignOptions {
  readonly seed: number;
  readonly specimens: readonly Specimen[];
  readonly executionsMax: number;
  readonly secondsMax?: number;
}

export interface Finding {
  readonly execution: number;
  readonly specimen: string;
  readonly message: string;
  readonly bytes: Uint8Array;
}

export interface CampaignReport {
  readonly executions: number;
  readonly seconds: number;
  readonly verdicts: ReadonlyMap<Verdict, number>;
  readonly findings: readonly Finding[];
}

/** Findings after which a campaign ends: they are seldom all different. */
const findingsMax = 10;

export function runCampaign(options: CampaignOptions): CampaignReport {
  const { seed, specimens, executionsMax, secondsMax = Number.POSITIVE_INFINITY } = options;
  const verdicts = new Map<Verdict, number>();
  const findings: Finding[] = [];
  const startMs = performance.now();
  const elapsed = (): number => (performance.now() - startMs) / 1000;
  let executions = 0;
  while (executions < executionsMax && findings.length < findingsMax && elapsed() < secondsMax) {
    // Each execution has a stream of its own, so that one can be run again without the others.
    const random = new Random(seed, `execution ${executions}`);
    const specimen = random.pick(specimens);
    const bytes = mutate(random, specimen.bytes, random.pick(specimens).bytes);
    try {
      const verdict = judge(bytes, random.chance(1, 3));
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof FuzzFailure)) throw error;
      const { message } = error;
      findings.push({ execution: executions, specimen: specimen.name, message, bytes });
    }
    executions++;
  }
  return { executions, seconds: elapsed(), verdicts, findings };
}
