// Start-up: a cold `shoal run` of a small program against the least a Node process can do, each run
// a process of its own, taking turns. The module is prepared and cached by the runs thrown away at
// the beginning, as it would be on a user's machine from the second run on.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { BenchUnavailableError } from "../harness/bench.ts";
import { againstFloor, plainMetric } from "../harness/metric.ts";
import { hashLines } from "../harness/rounds.ts";
import { type Spread, spreadOf } from "../harness/statistics.ts";
import { smallProgram, smallProgramOutput } from "./small-program.ts";

const launcher = join(import.meta.dirname, "../../bin/shoal.js");

export const startupBench: Bench = {
  name: "startup",
  summary: "a cold run of a small program against a bare node process",
  run: runStartup,
};

interface Command {
  readonly name: "node" | "shoal";
  readonly args: readonly string[];
  readonly output: string;
}

async function runStartup(options: BenchOptions): Promise<BenchOutcome> {
  if (!existsSync(launcher)) {
    throw new BenchUnavailableError("startup", "bin/shoal.js is not there", "build the command");
  }
  const directory = mkdtempSync(join(tmpdir(), "shoal-startup-"));
  try {
    return measureStartup(directory, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function measureStartup(directory: string, options: BenchOptions): BenchOutcome {
  const program = join(directory, "small.wasm");
  writeFileSync(program, smallProgram());
  const rounds = options.quick ? 3 : 30;
  const warmupRounds = options.quick ? 1 : 3;
  const commands: readonly Command[] = [
    { name: "node", args: ["-e", "0"], output: "" },
    { name: "shoal", args: [launcher, "run", program], output: smallProgramOutput },
  ];
  const samplesMs = { node: [] as number[], shoal: [] as number[] };
  for (let round = 0; round < warmupRounds + rounds; round++) {
    for (const command of round % 2 === 0 ? commands : commands.toReversed()) {
      const elapsedMs = timeProcess(command);
      if (round >= warmupRounds) samplesMs[command.name].push(elapsedMs);
    }
  }
  options.log(`${rounds} runs of each`);
  return startupOutcome(spreadOf(samplesMs.shoal), spreadOf(samplesMs.node), rounds);
}

function startupOutcome(shoal: Spread, node: Spread, rounds: number): BenchOutcome {
  const ratio = shoal.median / node.median;
  return {
    metrics: {
      startRatio: againstFloor(ratio, 1, "ratio"),
      start: againstFloor(shoal.median, node.median, "ms"),
      floorNode: plainMetric(node.median, "ms"),
    },
    parameters: { rounds },
    spreads: { "shoal run": shoal, "node -e 0": node },
    workHash: hashLines([["shoal", smallProgramOutput], ["node"]]),
  };
}

/** The whole life of one process, from the call that starts it to its exit. */
function timeProcess(command: Command): number {
  const startNs = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, command.args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const elapsedMs = Number(process.hrtime.bigint() - startNs) / 1e6;
  if (status !== 0 || stdout !== command.output) {
    throw new WrongStartError(command.name, status, stdout + stderr);
  }
  return elapsedMs;
}

class WrongStartError extends Error {
  constructor(command: string, status: number | null, output: string) {
    super(
      `${command} ended with ${status} and printed ${JSON.stringify(output.slice(0, 400))}; ` +
        "run it by hand on a small program first",
    );
    this.name = "WrongStartError";
  }
}
