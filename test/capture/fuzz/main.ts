// Fuzzing by hand: `node test/capture/fuzz/main.ts --seed 7 --seconds 600`. Prints executions, verdicts and
// the branches reached; whatever it finds is written down as a file. Exit code 1 if it found something.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { countBranches } from "./branches.ts";
import { type CampaignReport, runCampaign } from "./campaign.ts";
import { debugSpecimens, programSpecimens, smallSpecimens, type Specimen } from "./corpus.ts";

const command = new Command("fuzz")
  .description("Give broken modules to the reader and the rewriter; the engine is the judge.")
  .option("--seed <n>", "decides every mutation", Number, 1)
  .option("--executions <n>", "how many", Number, Number.POSITIVE_INFINITY)
  .option("--seconds <n>", "for how long", Number, 60)
  .option("--programs", "mutate real programs instead of small modules", false)
  .option("--debug", "mutate programs that are mostly debug sections", false)
  .option("--missed", "list the branches that were not reached", false)
  .option("--keep <directory>", "where findings are written", "fuzz-findings")
  .parse();

const options = command.opts();
const specimens = await chosen();
if (specimens.length === 0) throw new Error("No program is built; `npm run programs` builds them.");

function chosen(): Promise<Specimen[]> | Specimen[] {
  if (options.programs) return programSpecimens();
  return options.debug ? debugSpecimens() : smallSpecimens();
}

let report: CampaignReport | undefined;
const branches = await countBranches(() => {
  const { seed, executions, seconds } = options;
  report = runCampaign({ seed, specimens, executionsMax: executions, secondsMax: seconds });
});
if (report === undefined) throw new Error("The campaign did not run.");

const { executions, seconds, verdicts, findings } = report;
const perSecond = Math.round(executions / seconds);
process.stdout.write(
  `${executions} executions in ${seconds.toFixed(1)} s, ${perSecond} a second\n`,
);
for (const [verdict, count] of verdicts) process.stdout.write(`  ${count} ${verdict}\n`);
process.stdout.write(`${branches.reached} of ${branches.total} branches reached\n`);
if (options.missed) process.stdout.write(`${branches.missed.join("\n")}\n`);
for (const { execution, specimen, message, bytes } of findings) {
  mkdirSync(options.keep, { recursive: true });
  const path = join(options.keep, `${options.seed}-${execution}.wasm`);
  writeFileSync(path, bytes);
  process.stdout.write(`${path}, of ${specimen}: ${message}\n`);
}
process.exitCode = findings.length > 0 ? 1 : 0;
