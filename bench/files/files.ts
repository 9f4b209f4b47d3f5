// The files benchmark: calls on a granted directory, against node:wasi. Hosts take turns, every run is a
// process of its own in a fresh directory, and all runs must print the same before their times count.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { againstFloor, type Metric, plainMetric } from "../harness/metric.ts";
import { hashLines } from "../harness/rounds.ts";
import { type Spread, spreadOf } from "../harness/statistics.ts";
import { HostFailedError, runOn } from "../programs/host.ts";
import type { HostCallTimes } from "./host-calls.ts";
import { databaseWorkload, type FilesWorkload, smallFilesWorkload } from "./workloads.ts";

export const filesBench: Bench = {
  name: "files",
  summary: "a database and many small files on a granted directory, against node:wasi",
  run: runFiles,
  plot: async (metrics) => (await import("../plot/files-plot.ts")).plotFiles(metrics),
};

/**
 * In memory where the system has such a place: a disk's file system remembers for seconds what was
 * deleted, and one host would pay for what the other did.
 */
const inMemory = "/dev/shm";
const base = existsSync(inMemory) ? inMemory : tmpdir();

const hosts = ["shoal", "nodeWasi"] as const;
type Host = (typeof hosts)[number];

/** Milliseconds by host. */
type Samples = Readonly<Record<Host, number[]>>;

async function runFiles(options: BenchOptions): Promise<BenchOutcome> {
  const { quick, log } = options;
  const workloads = await workloadsOf(options);
  const rounds = quick ? 2 : 5;
  const outcome = { metrics: {}, spreads: {} as Record<string, Spread> };
  const work: (readonly (string | number)[])[] = [];
  for (const workload of workloads) {
    log(`${workload.name}: ${rounds} rounds`);
    const { samples, hostMs, digest } = await runRounds(workload, rounds);
    for (const host of hosts) outcome.spreads[`${host} ${workload.name}`] = spreadOf(samples[host]);
    outcome.spreads[`host calls ${workload.name}`] = spreadOf(hostMs);
    outcome.metrics = { ...outcome.metrics, ...metricsOf(workload.name, outcome.spreads) };
    work.push([workload.name, workload.size, digest]);
  }
  const sizes = Object.fromEntries(workloads.map(({ name, size }) => [name, size]));
  return {
    ...outcome,
    parameters: { rounds, inMemory: base === inMemory, ...sizes },
    workHash: hashLines(work),
  };
}

/**
 * Each in two sizes: in the smaller the calls that come before the engine has compiled everything are a good
 * part of all, in the larger they are not. A quick run makes do without the database, which has to be built
 * from Debian's sources.
 */
async function workloadsOf({ quick, log }: BenchOptions): Promise<FilesWorkload[]> {
  if (quick) return [await smallFilesWorkload(40)];
  return [
    await databaseWorkload(60_000, log),
    await smallFilesWorkload(5000),
    await databaseWorkload(180_000, log, "databaseLong"),
    await smallFilesWorkload(30_000, "smallFilesLong"),
  ];
}

const ratioNames: Readonly<Record<FilesWorkload["name"], string>> = {
  database: "filesRatio",
  smallFiles: "smallFilesRatio",
  databaseLong: "filesRatioLong",
  smallFilesLong: "smallFilesRatioLong",
};

function metricsOf(
  name: FilesWorkload["name"],
  spreads: Readonly<Record<string, Spread>>,
): Record<string, Metric> {
  const [ours, peer] = hosts.map((host) => spreads[`${host} ${name}`].median);
  const hostMs = spreads[`host calls ${name}`].median;
  return {
    [ratioNames[name]]: againstFloor(ours / peer, 1, "ratio"),
    [name]: againstFloor(ours, peer, "ms"),
    // The host's price of our calls, without us and without the program; and what is left beside it.
    [`${name}.hostCalls`]: plainMetric(hostMs, "ms"),
    [`${name}.beside`]: plainMetric(ours - hostMs, "ms"),
  };
}

async function runRounds(
  workload: FilesWorkload,
  rounds: number,
): Promise<{ samples: Samples; hostMs: number[]; digest: string }> {
  const samples: Samples = { shoal: [], nodeWasi: [] };
  const hostMs: number[] = [];
  const digests = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    for (const host of round % 2 === 0 ? hosts : hosts.toReversed()) {
      const { elapsedMs, digest } = await runOnce(workload, host);
      samples[host].push(elapsedMs);
      digests.add(digest);
    }
    hostMs.push(hostCallsOf(workload).hostMs);
  }
  const [digest = "", ...others] = digests;
  if (others.length > 0) throw new RangeError(`hosts print different things for ${workload.name}`);
  return { samples, hostMs, digest };
}

async function runOnce(
  workload: FilesWorkload,
  host: Host,
): Promise<{ elapsedMs: number; digest: string }> {
  const directory = mkdtempSync(join(base, "shoal-files-bench-"));
  try {
    const spec = workload.prepare(directory);
    const { computeMs, exitCode } = await runOn(host, spec);
    if (exitCode !== 0)
      throw new HostFailedError(host, spec, readFileSync(spec.stderrPath, "utf8"));
    const digest = createHash("sha256").update(readFileSync(spec.stdoutPath)).digest("hex");
    return { elapsedMs: computeMs, digest };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The calls of the host that our run makes, alone. */
function hostCallsOf(workload: FilesWorkload): HostCallTimes {
  const directory = mkdtempSync(join(base, "shoal-files-bench-"));
  try {
    const script = join(import.meta.dirname, "host-calls.ts");
    const spec = JSON.stringify(workload.prepare(directory));
    const args = ["--disable-warning=ExperimentalWarning", script, spec];
    const lines = execFileSync(process.execPath, args, { encoding: "utf8" }).trim().split("\n");
    // Printed by the script and by nothing else.
    return JSON.parse(lines.at(-1)!) as HostCallTimes;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
