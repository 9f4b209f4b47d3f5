// The bench command: runs one benchmark, prints its metrics, appends them to the record and, when
// asked, draws them. Standard output carries the result and nothing else; progress goes to the
// error stream.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { benches, findBench } from "./catalog.ts";
import type { Bench } from "./harness/bench.ts";
import { formatTable, type Metrics } from "./harness/metric.ts";
import { appendEntry, makeEntry } from "./harness/results.ts";

const list = benches.map((bench) => `  ${bench.name.padEnd(10)}${bench.summary}`).join("\n");

const program = new Command("bench")
  .description("Measure Shoal against hand-written floors and against its peers.")
  .argument("<name>", "which benchmark to run")
  .option("--json", "print one JSON object and no table", false)
  .option("--quick", "a few rounds only: for tests, not for quoting", false)
  .option(
    "--part <part>",
    "one part of a benchmark that has several; its metrics are kept by themselves",
  )
  .option("--plot", "also draw the metrics as SVG files", false)
  .option("--out <dir>", "where results/ and plots/ are kept", import.meta.dirname)
  .addHelpText("after", `\nBenchmarks:\n${list}`)
  .action(async (name, options) => {
    const bench = findBench(name);
    if (bench === undefined)
      throw new Error(`there is no benchmark "${name}"; there are:\n${list}`);
    checkPart(bench, options.part);
    await runBench(bench, options);
  });

function checkPart({ name, parts }: Bench, part: string | undefined): void {
  if (part === undefined || parts?.includes(part) === true) return;
  const there = parts === undefined ? "it has none" : `it has ${parts.join(", ")}`;
  throw new Error(`bench ${name} has no part "${part}": ${there}`);
}

interface RunOptions {
  readonly json: boolean;
  readonly quick: boolean;
  readonly plot: boolean;
  readonly part?: string | undefined;
  readonly out: string;
}

async function runBench(bench: Bench, options: RunOptions): Promise<void> {
  const { quick, part } = options;
  const name = part === undefined ? bench.name : `${bench.name}-${part}`;
  const log = (line: string) => process.stderr.write(`bench ${name}: ${line}\n`);
  const outcome = await bench.run({ quick, part, log });
  appendEntry(join(options.out, "results"), makeEntry(name, quick, outcome));
  // A drawing shows the whole.
  if (options.plot && part === undefined)
    await writePlots(bench, outcome.metrics, join(options.out, "plots"), log);
  const report = { bench: name, metrics: outcome.metrics };
  process.stdout.write((options.json ? JSON.stringify(report) : formatTable(report)) + "\n");
}

async function writePlots(
  bench: Bench,
  metrics: Metrics,
  directory: string,
  log: (line: string) => void,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (const plot of (await bench.plot?.(metrics)) ?? []) {
    writeFileSync(join(directory, plot.fileName), plot.svg);
    log(`drew ${plot.fileName}`);
  }
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
