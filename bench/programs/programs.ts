// The programs benchmark: real programs on Shoal and on the two WASI hosts one would use instead.
// Hosts take turns, every run is a process of its own with fresh input, and every run's output is
// checked before its time counts.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { hashLines } from "../harness/rounds.ts";
import { type HostName, hostNames, runByCommand, runOn } from "./host.ts";
import { programsMetrics, programsSpreads, sampleKey } from "./figures.ts";
import { chooseWorkloads, type Workload } from "./workloads.ts";

export const programsBench: Bench = {
  name: "programs",
  summary: "run time of real programs against node:wasi and browser_wasi_shim",
  run: runPrograms,
  plot: async (metrics) => (await import("../plot/programs-plot.ts")).plotPrograms(metrics),
};

async function runPrograms(options: BenchOptions): Promise<BenchOutcome> {
  const workloads = await chooseWorkloads(options.quick, options.log);
  const rounds = options.quick ? 1 : 5;
  const run: Run = { samples: new Map(), outputs: new Map(), unable: new Set(), ...options };
  for (let round = 0; round < rounds; round++) {
    for (const workload of workloads) {
      options.log(`round ${round + 1} of ${rounds}: ${workload.name}`);
      await runWorkload(run, workload, round);
    }
  }
  return {
    metrics: programsMetrics(
      workloads.map(({ name }) => name),
      run.samples,
    ),
    parameters: { rounds, workloads: workloads.map(({ name }) => name).join(", ") },
    spreads: programsSpreads(run.samples),
    workHash: hashLines([...run.outputs]),
  };
}

interface Run extends BenchOptions {
  readonly samples: Map<string, number[]>;
  /** Digest of the output by workload: the work, as far as anybody can see it. */
  readonly outputs: Map<string, string>;
  /** Peers that cannot run a workload; they are asked once and left out. */
  readonly unable: Set<string>;
}

type Way = HostName | "command";

/** Ours by its script and by the command, and each peer, starting with another one every round. */
async function runWorkload(run: Run, workload: Workload, round: number): Promise<void> {
  const ways: readonly Way[] = [...hostNames, "command"];
  for (let position = 0; position < ways.length; position++) {
    const way = ways[(position + round) % ways.length];
    const key = sampleKey(way, workload.name);
    if (run.unable.has(key)) continue;
    try {
      const elapsedMs = await timeOnce(run, workload, way);
      run.samples.set(key, [...(run.samples.get(key) ?? []), elapsedMs]);
    } catch (error) {
      if (way === "shoal" || way === "command" || !(error instanceof Error)) throw error;
      run.log(`${workload.name}: ${way} is left out: ${error.message}`);
      run.unable.add(key);
    }
  }
}

async function timeOnce(run: Run, workload: Workload, way: Way): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-program-"));
  try {
    const spec = await workload.prepare(directory);
    const { elapsedMs, exitCode } = await timeBy(way, spec);
    if (exitCode !== 0) throw new WrongOutputError(workload.name, way, `exit code ${exitCode}`);
    agreeOnOutput(run, workload.name, way, readFileSync(spec.stdoutPath));
    return elapsedMs;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The first output of a workload is what all others must equal, whoever gave it. */
function agreeOnOutput(run: Run, workload: string, way: Way, output: Uint8Array): void {
  const digest = createHash("sha256").update(output).digest("hex");
  const first = run.outputs.get(workload) ?? digest;
  if (first !== digest) {
    const start = new TextDecoder().decode(output.subarray(0, 200));
    throw new WrongOutputError(workload, way, `it differs from the others and begins "${start}"`);
  }
  run.outputs.set(workload, digest);
}

type Spec = Awaited<ReturnType<Workload["prepare"]>>;

async function timeBy(way: Way, spec: Spec): Promise<{ elapsedMs: number; exitCode: number }> {
  if (way === "command") {
    const { wallMs, exitCode } = await runByCommand(spec);
    return { elapsedMs: wallMs, exitCode: exitCode ?? -1 };
  }
  const { computeMs, exitCode } = await runOn(way, spec);
  return { elapsedMs: computeMs, exitCode };
}

export class WrongOutputError extends Error {
  constructor(workload: string, way: Way, difference: string) {
    super(`${workload} on ${way} did other work than it was given: ${difference}`);
    this.name = "WrongOutputError";
  }
}
