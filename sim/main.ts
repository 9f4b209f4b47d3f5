// `npm run sim`: runs seeds and says what occurred. Exit code 1 if a seed failed, or, with --coverage,
// if a cell that should occur never did.
import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { Preemption } from "../src/kernel/index.ts";
import { Coverage } from "./coverage.ts";
import { compare } from "./differential.ts";
import { SimulationFailure } from "./failure.ts";
import { missingCells, type MissingCell, surprisingCells } from "./missing.ts";
import { run } from "./run.ts";

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError("Give a whole number, for example 7.");
  }
  return value;
}

const command = new Command("sim")
  .description(
    "Drive one simulated core through random programs, faults and injections, all decided by a seed.\n" +
      "After every event the whole kernel is verified and what programs see is checked.",
  )
  .option("--seed <n>", "the first seed", wholeNumber, 1)
  .option("--seeds <count>", "how many seeds to run, one after the other", wholeNumber, 1)
  .option("--events <n>", "events per seed", wholeNumber, 2000)
  .addOption(
    new Option("--preemption <mode>", "when long kernel operations let events in").choices([
      "none",
      "partial",
      "full",
    ] as const),
  )
  .option("--coverage", "fail if a cell (call, stage, outcome) that can occur never did")
  .option("--differential", "run each seed with and without the fast path, and compare the states")
  .option("--slow-path", "switch the fast path off")
  .option("--no-lazy-queues", "switch lazy queues off")
  .option("--no-direct-switch", "switch direct process switch off")
  .option("--trace", "print every call and event (for one seed)")
  .option("--json", "print one JSON object")
  .showHelpAfterError("(run with --help for the options)")
  .addHelpText("after", "\nExample: npm run sim -- --seed 7 --seeds 100 --events 2000");

type Options = ReturnType<typeof command.opts>;

interface Summary {
  readonly seeds: number;
  events: number;
  ipcs: number;
  readonly failures: SimulationFailure[];
}

function runSeed(
  seed: number,
  options: Options,
  coverage: Coverage,
): { events: number; ipcs: number } {
  const { events, preemption } = options;
  if (options.differential === true) {
    compare(seed, events);
    return { events: events * 2, ipcs: 0 };
  }
  const done = run({
    seed,
    events,
    preemption: preemption === undefined ? undefined : Preemption[preemption],
    techniques: {
      fastPath: options.slowPath !== true,
      lazyQueues: options.lazyQueues,
      directSwitch: options.directSwitch,
    },
    coverage,
    trace: options.trace === true ? (line) => console.log(line) : undefined,
  });
  return { events: done.events, ipcs: done.ipcCount };
}

function runAll(options: Options, coverage: Coverage): Summary {
  const summary: Summary = { seeds: options.seeds, events: 0, ipcs: 0, failures: [] };
  for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
    try {
      const done = runSeed(seed, options, coverage);
      summary.events += done.events;
      summary.ipcs += done.ipcs;
    } catch (error) {
      if (!(error instanceof SimulationFailure)) throw error;
      summary.failures.push(error);
      if (options.json !== true) console.log(error.message);
    }
  }
  return summary;
}

function printCoverage(coverage: Coverage, missing: readonly MissingCell[]): void {
  for (const { call, stage, outcome, count } of coverage.cells()) {
    const where = stage === call ? call : `${call} > ${stage}`;
    console.log(`${where.padEnd(36)} ${outcome.padEnd(20)} ${count}`);
  }
  for (const { call, stage, outcome } of missing) {
    console.log(`never occurred: ${call} > ${stage}: ${outcome}`);
  }
}

function main(): void {
  const options = command.parse().opts();
  const coverage = new Coverage();
  const startMs = performance.now();
  const { seeds, events, ipcs, failures } = runAll(options, coverage);
  const seconds = (performance.now() - startMs) / 1000;
  const missing = options.coverage === true ? missingCells(coverage) : [];
  const surprising = options.coverage === true ? surprisingCells(coverage) : [];
  if (options.json === true) {
    const failed = failures.map(({ seed, event, message }) => ({ seed, event, message }));
    const cells = coverage.cells();
    console.log(
      JSON.stringify({ seeds, events, ipcs, seconds, failed, cells, missing, surprising }),
    );
  } else {
    if (seeds > 1 || options.coverage === true) printCoverage(coverage, missing);
    for (const { call, stage, outcome } of surprising) {
      console.log(`listed as unreachable, but occurred: ${call} > ${stage}: ${outcome}`);
    }
    const rate = Math.round(events / seconds / 1000);
    console.log(
      `${seeds} seeds, ${events} events, ${ipcs} IPCs in ${seconds.toFixed(1)} s (${rate} k/s)`,
    );
    console.log(`${seeds - failures.length} passed, ${failures.length} failed`);
  }
  const isWrong = failures.length + missing.length + surprising.length > 0;
  process.exitCode = isWrong ? 1 : 0;
}

main();
