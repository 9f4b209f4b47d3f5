// The protocols of the monitors, run outside of any system:
//
//   node sim/monitor/main.ts                      every small case, whole
//   node sim/monitor/main.ts --seeds 1000         random runs of a larger one
//   node sim/monitor/main.ts --defects            every planted mistake, and what shows it
//   node sim/monitor/main.ts --cores 64           what agreement costs, by the number of cores
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { protocols } from "../../src/monitor/index.ts";
import { cases, worldOf } from "./cases.ts";
import { costTable } from "./cost-table.ts";
import { defects } from "./defects.ts";
import { explore, type Failure } from "./explore.ts";
import { findDefect } from "./find.ts";
import { runSeed, usualOptions } from "./random-run.ts";
import { Physics } from "./world.ts";

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError("Give a whole number, for example 7.");
  }
  return value;
}

/** `near,far,turn`, in nanoseconds. */
function costs(text: string): readonly [number, number, number] {
  const [near, far, turn, ...rest] = text.split(",").map(Number);
  if (rest.length > 0 || [near, far, turn].some((cost) => !(cost! >= 0))) {
    throw new InvalidArgumentError("Give three times in ns: within a node, between nodes, a turn.");
  }
  return [near!, far!, turn!];
}

const options = new Command("sim/monitor")
  .description(
    "Explore the agreement protocols of the monitors. Without options: every small case.",
  )
  .option("--seeds <count>", "run random cases instead, one for each seed", wholeNumber)
  .option(
    "--seed <n>",
    "the first of them, or the only one; with one seed, a failure is printed whole",
    wholeNumber,
  )
  .option("--cores <n>", "print what agreement costs on up to so many cores", wholeNumber)
  .option("--node <n>", "cores of one NUMA node, for --cores", wholeNumber, 8)
  .option("--costs <near,far,turn>", "measured costs in ns, for --cores", costs, [
    150, 550, 200,
  ] as const)
  .option("--defects", "plant every mistake, and say which case shows it")
  .showHelpAfterError("(run with --help for the options)")
  .parse()
  .opts();

function printFailure({ promise, path, cores }: Failure): void {
  console.log([...path, ...cores, `broken: ${promise}`].join("\n"));
  process.exitCode = 1;
}

function exploreAll(): void {
  let total = 0;
  for (const example of cases) {
    const physics = new Physics(protocols);
    const { states, quiet, failure } = explore(worldOf(example, physics), physics);
    total += states;
    console.log(`${String(states).padStart(7)} states, ${quiet} quiet: ${example.about}`);
    if (failure !== undefined) printFailure(failure);
  }
  console.log(`${total} states of ${cases.length} cases`);
}

function runSeeds(first: number, count: number): void {
  let actions = 0;
  const failed: number[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const run = runSeed(seed, usualOptions, protocols);
    actions += run.actions;
    if (run.failure === undefined) continue;
    failed.push(seed);
    if (count === 1) printFailure(run.failure);
    else console.log(`seed ${seed}: ${run.failure.promise}`);
  }
  console.log(
    `${count} seeds, ${actions} actions: ${count - failed.length} passed, ${failed.length} failed`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

function plantAll(): void {
  for (const defect of defects) {
    const found = findDefect(defect);
    const shown = found === undefined ? "NOT FOUND" : `${found.failure.promise} (${found.about})`;
    console.log(`${defect.cell}: ${defect.mistake}\n    ${shown}`);
    if (found === undefined) process.exitCode = 1;
  }
}

if (options.cores !== undefined) {
  const [near, far, turn] = options.costs;
  const { cores, node } = options;
  for (const line of costTable({ coresMax: cores, nodeCores: node, near, far, turn }))
    console.log(line);
} else if (options.defects === true) plantAll();
else if (options.seeds === undefined && options.seed === undefined) exploreAll();
else runSeeds(options.seed ?? 1, options.seeds ?? 1);
