// The tax of being able to be taken out: run time and size of real programs in every form, the speed of
// the rewriter, and what taking a stack out and putting it back costs when it happens.
//
// Forms take turns, every run is a process of its own on the same host, and every run's output must be
// that of the plain program.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { hashLines } from "../harness/rounds.ts";
import type { RunSpec, RunTimes } from "../programs/run-spec.ts";
import { captureFigures } from "./capture-cost.ts";
import { type Measured, taxMetrics, taxSpreads } from "./figures.ts";
import { resumeFigures } from "./resume-cost.ts";
import { rewriteMegabytesPerSecond } from "./rewrite-speed.ts";
import { type VariantFile, writeVariants } from "./variants.ts";
import { type TaxWorkload, taxWorkloads } from "./workloads.ts";

export const taxBench: Bench = {
  name: "tax",
  summary: "what being capturable costs real programs, beside Asyncify",
  run: runTax,
  plot: async (metrics) => (await import("../plot/tax-plot.ts")).plotTax(metrics),
};

async function runTax(options: BenchOptions): Promise<BenchOutcome> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-tax-"));
  try {
    return await measure(directory, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Subject {
  readonly workload: TaxWorkload;
  readonly files: readonly VariantFile[];
}

async function measure(directory: string, options: BenchOptions): Promise<BenchOutcome> {
  const rounds = options.quick ? 1 : 3;
  const subjects: Subject[] = [];
  for (const workload of await taxWorkloads(options.quick)) {
    options.log(`preparing ${workload.name}`);
    const files = await writeVariants(directory, workload.name, workload.modulePath);
    subjects.push({ workload, files });
  }
  const outputs = new Map<string, string>();
  const measured: Measured[] = subjects.map(({ workload, files }) => {
    return { workload: workload.name, files, timesMs: new Map() };
  });
  for (let round = 0; round < rounds; round++) {
    options.log(`round ${round + 1} of ${rounds}`);
    for (const [at, subject] of subjects.entries()) {
      await runRound(subject, round, measured[at], outputs);
    }
  }
  const modules = subjects.map(({ workload }) => readFileSync(workload.modulePath));
  const speed = rewriteMegabytesPerSecond(modules, options.quick ? 1 : 5);
  const costs = { ...captureFigures(options.quick), ...(await resumeFigures(options.quick)) };
  return {
    metrics: taxMetrics(measured, speed, costs),
    parameters: { rounds, workloads: measured.map(({ workload }) => workload).join(", ") },
    spreads: taxSpreads(measured),
    workHash: hashLines([...outputs]),
  };
}

/** Every form once, beginning with another one in every round. */
async function runRound(
  { workload, files }: Subject,
  round: number,
  { timesMs }: Measured,
  outputs: Map<string, string>,
): Promise<void> {
  for (let position = 0; position < files.length; position++) {
    const { variant, path } = files[(position + round) % files.length];
    const { computeMs, output } = await runOnce(workload, path);
    const first = outputs.get(workload.name) ?? output;
    if (first !== output) {
      throw new Error(`${workload.name} as ${variant} answered something else than before it.`);
    }
    outputs.set(workload.name, output);
    timesMs.set(variant, [...(timesMs.get(variant) ?? []), computeMs]);
  }
}

const execute = promisify(execFile);
const script = join(import.meta.dirname, "child.ts");

async function runOnce(
  workload: TaxWorkload,
  modulePath: string,
): Promise<{ computeMs: number; output: string }> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-tax-run-"));
  try {
    const spec: RunSpec = { ...(await workload.prepare(directory)), modulePath };
    const args = ["--disable-warning=ExperimentalWarning", script, JSON.stringify(spec)];
    const { stdout } = await execute(process.execPath, args);
    // Printed by answerSpec and by nothing else.
    const { computeMs, exitCode } = JSON.parse(stdout) as RunTimes;
    if (exitCode !== 0)
      throw new Error(`${workload.name} ended with ${exitCode} as ${modulePath}.`);
    const output = createHash("sha256").update(readFileSync(spec.stdoutPath)).digest("hex");
    return { computeMs, output };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
