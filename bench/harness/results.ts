// The record of every run: one JSON line in results/<bench>.jsonl, appended and never rewritten,
// so that a figure quoted anywhere can be traced to a commit, a machine and a hash of its work.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import type { BenchOutcome } from "./bench.ts";

export interface Entry extends BenchOutcome {
  readonly bench: string;
  readonly quick: boolean;
  readonly date: string;
  readonly commit: string;
  readonly nodeVersion: string;
  readonly machine: Machine;
}

export interface Machine {
  readonly platform: string;
  readonly kernelVersion: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
}

export function makeEntry(bench: string, quick: boolean, outcome: BenchOutcome): Entry {
  return {
    bench,
    quick,
    date: new Date().toISOString(),
    commit: currentCommit(),
    nodeVersion: process.version,
    machine: describeMachine(),
    ...outcome,
  };
}

export function appendEntry(directory: string, entry: Entry): void {
  mkdirSync(directory, { recursive: true });
  appendFileSync(join(directory, `${entry.bench}.jsonl`), JSON.stringify(entry) + "\n");
}

/** The entries of one bench, oldest first. */
export function readEntries(directory: string, bench: string): Entry[] {
  const text = readFileSync(join(directory, `${bench}.jsonl`), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  // Written by appendEntry and by nothing else, so the shape is known.
  return lines.map((line) => JSON.parse(line) as Entry);
}

function describeMachine(): Machine {
  const processors = cpus();
  return {
    platform: `${platform()}-${arch()}`,
    // The version alone: what follows it names a vendor's build, not a behaviour.
    kernelVersion: release().split("-")[0],
    cpuModel: processors[0]?.model ?? "unknown",
    cpuCount: processors.length,
    memoryBytes: totalmem(),
  };
}

const apartFromResults = [":(top)", ":(top,exclude)bench/results", ":(top,exclude)bench/plots"];

/** The commit, marked "+" when the tree differs from it in more than what benchmarks write. */
function currentCommit(): string {
  try {
    const commit = git("rev-parse", "--short=12", "HEAD");
    const changes = git("status", "--porcelain", "--", ...apartFromResults);
    return changes === "" ? commit : `${commit}+`;
  } catch {
    return "unknown";
  }
}

function git(...args: string[]): string {
  const cwd = import.meta.dirname;
  return execFileSync("git", args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}
