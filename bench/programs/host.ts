// The hosts a program is timed on, each run in a process of its own so that no host warms up or
// pollutes another, and how to ask for a run.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { nowMs, type RunSpec, type RunTimes } from "./run-spec.ts";

export const hostNames = ["shoal", "nodeWasi", "browserShim"] as const;
export type HostName = (typeof hostNames)[number];

export const peers = ["nodeWasi", "browserShim"] as const satisfies readonly HostName[];

/** The name under which a host's time for a workload is reported. */
export function computeMetric(host: HostName, workload: string): string {
  return `compute.${host}.${workload}`;
}

const scripts: Readonly<Record<HostName, string>> = {
  shoal: "on-shoal.ts",
  nodeWasi: "on-node-wasi.ts",
  browserShim: "on-browser-shim.ts",
};

const launcher = join(import.meta.dirname, "../../bin/shoal.js");

/** Long enough for the slowest program on the slowest host; a hang should end with a message. */
const timeoutMs = 300_000;

export class HostFailedError extends Error {
  constructor(host: string, spec: RunSpec, reason: string) {
    super(
      `${host} did not finish "${spec.args.join(" ").slice(0, 120)}": ${reason.slice(0, 600)}; ` +
        "run its script in bench/programs/ by hand to see more",
    );
    this.name = "HostFailedError";
  }
}

/** One run inside a host's own script, which times the program from within. */
export async function runOn(host: HostName, spec: RunSpec): Promise<RunTimes> {
  const script = join(import.meta.dirname, scripts[host]);
  const args = ["--disable-warning=ExperimentalWarning", script, JSON.stringify(spec)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const finished = await finish(child);
  if (finished.exitCode !== 0) throw new HostFailedError(host, spec, finished.stderr);
  // Printed by answerSpec in run-spec.ts and by nothing else.
  return JSON.parse(finished.stdout) as RunTimes;
}

export interface CommandRun {
  readonly wallMs: number;
  readonly exitCode: number | null;
}

/** One run by the command, as a user would: the whole life of the process. */
export async function runByCommand(spec: RunSpec): Promise<CommandRun> {
  const grants = Object.entries(spec.directories).map(([guest, host]) => `--dir=${host}::${guest}`);
  const environment = Object.entries(spec.env).map(([name, value]) => `--env=${name}=${value}`);
  const program = [spec.modulePath, ...spec.args.slice(1)];
  const stdio = [
    openSync(spec.stdinPath ?? "/dev/null", "r"),
    openSync(spec.stdoutPath, "w"),
    openSync(spec.stderrPath, "w"),
  ];
  const startMs = nowMs();
  const args = [launcher, "run", ...grants, ...environment, ...program];
  const child = spawn(process.execPath, args, { stdio });
  for (const descriptor of stdio) closeSync(descriptor);
  const { exitCode } = await finish(child);
  return { wallMs: nowMs() - startMs, exitCode };
}

interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function finish(child: ChildProcess): Promise<Finished> {
  const pieces = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (pieces.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (pieces.stderr += text));
  const deadline = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      clearTimeout(deadline);
      resolve({ exitCode, ...pieces });
    });
  });
}
