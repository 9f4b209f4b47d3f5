// Runs a prepared case natively or on node:wasi: the two places where expected output comes from.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CaseResult, PreparedCase, RunResult } from "./case.ts";
import type { WasiJob } from "./wasi-child.ts";

const wasiChild = fileURLToPath(new URL("wasi-child.ts", import.meta.url));

export async function runNatively(prepared: PreparedCase, command: string): Promise<CaseResult> {
  const runs: RunResult[] = [];
  for (const { args, stdinPath } of prepared.runs) {
    const env = { PATH: "/usr/bin:/bin", ...prepared.env };
    runs.push(
      await runOnce(command, args.slice(1), {
        argv0: args[0],
        cwd: prepared.directory,
        env,
        outputs: dirname(prepared.directory),
        stdinPath,
      }),
    );
  }
  return { runs, directory: prepared.directory };
}

export async function runOnNodeWasi(prepared: PreparedCase): Promise<CaseResult> {
  const runs: RunResult[] = [];
  for (const { args, stdinPath } of prepared.runs) {
    const job: WasiJob = {
      module: prepared.module,
      args,
      env: prepared.env,
      preopens: { "/": prepared.directory },
    };
    runs.push(
      await runOnce(process.execPath, ["--no-warnings", wasiChild, JSON.stringify(job)], {
        argv0: "node",
        cwd: prepared.directory,
        env: { PATH: "/usr/bin:/bin" },
        outputs: dirname(prepared.directory),
        stdinPath,
      }),
    );
  }
  return { runs, directory: prepared.directory };
}

interface Surroundings {
  readonly argv0: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where standard output and error are kept: files, so that no pipe's size matters. */
  readonly outputs: string;
  readonly stdinPath: string | undefined;
}

async function runOnce(
  command: string,
  args: readonly string[],
  around: Surroundings,
): Promise<RunResult> {
  const names = ["stdout", "stderr"].map((name) => join(around.outputs, name));
  const streams = [openSync(around.stdinPath ?? "/dev/null", "r")];
  for (const name of names) streams.push(openSync(name, "w"));
  const { argv0, cwd, env } = around;
  const exitCode = await new Promise<number>((resolve, reject) => {
    const child = spawn(command, args, { argv0, cwd, env, stdio: streams });
    child.on("error", reject);
    // A program that a signal ended has no code; 128 and more is what a shell would say.
    child.on("close", (code) => resolve(code ?? 128));
  }).finally(() => streams.forEach((stream) => closeSync(stream)));
  const [stdout, stderr] = await Promise.all(names.map((name) => readFile(name)));
  return { stdout, stderr, exitCode };
}
