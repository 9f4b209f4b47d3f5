// `node sim/recovery/main.ts`: runs seeds of the recovery simulation and says what they came to.
import { Command } from "@commander-js/extra-typings";
import { defects, findDefect } from "./defects.ts";
import { type RecoveryRun, runRecovery } from "./run.ts";

const command = new Command("sim/recovery")
  .description(
    "Loses cells, processes and power under servers and clients, all decided by a seed, and judges what\n" +
      "the clients were answered.",
  )
  .option("--seed <n>", "the first seed", Number, 1)
  .option("--seeds <count>", "how many seeds to run", Number, 100)
  .option("--defects", "plant each known defect, and say which seed shows it; fails if none does")
  .showHelpAfterError("(run with --help for the options)");

command.parse();
const { seed: first, seeds, defects: findsDefects } = command.opts();
if (findsDefects === true) findAll();
else runAll();

function findAll(): void {
  for (const defect of defects) {
    const found = findDefect(defect, seeds);
    console.log(`${defect.name}: ${found ?? `not found in ${seeds} seeds`}`);
    if (found === undefined) process.exitCode = 1;
  }
}

function runAll(): void {
  const sums = {
    steps: 0,
    lostCells: 0,
    deaths: 0,
    powerLosses: 0,
    wokenCells: 0,
    fullDisks: 0,
    repeatedEffects: 0,
    images: 0,
    damagedImages: 0,
  };
  const failures: string[] = [];
  for (let seed = first; seed < first + seeds; seed++) {
    try {
      add(sums, runRecovery(seed));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      failures.push(`seed ${seed}: ${text}`);
    }
  }
  console.log(
    `${seeds} seeds: ${sums.steps} steps, ${sums.lostCells} cells lost (${sums.powerLosses} with the power), ` +
      `${sums.wokenCells} woken up after others had taken over, ${sums.fullDisks} times a full disk, ` +
      `${sums.images} images, ${sums.damagedImages} of them damaged, ` +
      `${sums.deaths} processes broken, ${sums.repeatedEffects} effects repeated`,
  );
  for (const failure of failures.slice(0, 20)) console.error(failure);
  if (failures.length > 0) {
    console.error(`${failures.length} seeds failed`);
    process.exitCode = 1;
  }
}

function add(sums: Record<keyof RecoveryRun, number>, run: RecoveryRun): void {
  for (const key of Object.keys(sums) as (keyof RecoveryRun)[]) sums[key] += run[key];
}
