// Runs one form of a program over node:wasi in this process, which is the same host for all forms, and
// prints how long it ran. What preparation imports is here too: a check of the fuel gives it anew.
import { readFileSync } from "node:fs";
import { ReservedExport } from "../../src/process/wasm/binary/index.ts";
import { nodeWasi } from "../programs/node-wasi.ts";
import { answerSpec, nowMs } from "../programs/run-spec.ts";
import type { RunSpec, RunTimes } from "../programs/run-spec.ts";

/** As a thread of a running system has it by default. */
const slice = 100_000;

/** Runs in a row that get no faster; and the most, for a loaded machine, whose compilers come late. */
const steadyRuns = 4;
const runsMax = 14;

/** A run that is not faster than this share of the best is no faster. */
const faster = 0.96;

/**
 * Runs the program until it gets no faster: the engine compiles for speed while it runs, on threads that
 * tell nobody when they are done. What counts is the mean of the steady runs, in time of this thread on a
 * processor, so that neither the engine's compilers nor whatever else the machine does is counted. The
 * system counts that time in ticks of some milliseconds, so one run alone would say little.
 */
async function run(spec: RunSpec): Promise<RunTimes> {
  const module = await WebAssembly.compile(readFileSync(spec.modulePath));
  let steady: RunTimes[] = [];
  let bestMs = Number.POSITIVE_INFINITY;
  for (let runs = 0; runs < runsMax && steady.length < steadyRuns; runs++) {
    const next = await runOnce(spec, module);
    if (next.computeMs < bestMs * faster) steady = [];
    steady.push(next);
    bestMs = Math.min(bestMs, next.computeMs);
  }
  const totalMs = steady.reduce((sum, { computeMs }) => sum + computeMs, 0);
  return { ...steady[0], computeMs: totalMs / steady.length };
}

async function runOnce(spec: RunSpec, module: WebAssembly.Module): Promise<RunTimes> {
  const wasi = nodeWasi(spec);
  const instantiateAt = nowMs();
  const preempt = (): void => refuel(instance, slice);
  const imports = { wasi_snapshot_preview1: { ...wasi.wasiImport }, shoal: { preempt } };
  const instance = await WebAssembly.instantiate(module, imports);
  refuel(instance, slice);
  const instantiateMs = nowMs() - instantiateAt;
  const before = process.threadCpuUsage();
  const exitCode = wasi.start(instance);
  const { user, system } = process.threadCpuUsage(before);
  return { instantiateMs, computeMs: (user + system) / 1000, exitCode };
}

function refuel({ exports }: WebAssembly.Instance, units: number): void {
  const fuel = exports[ReservedExport.fuel];
  if (fuel instanceof WebAssembly.Global) fuel.value = units;
}

await answerSpec(run);
