// The proof by hand, for as long as one likes: `node test/capture/main.ts --seeds 1-10000`. Prints what
// the modules were made of, what their runs came to, and every seed that failed. Exit code 1 if one did.
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { prove, ProofFailure } from "./proof.ts";
import { Features, randomModule } from "./random-module/index.ts";

const command = new Command("capture")
  .description("Take stacks out of random modules, put them back, and compare.")
  .option("--seeds <from-to>", "the seeds to prove", seedRange, { first: 1, last: 200 })
  .option("--seconds <n>", "stop after so long", Number, Number.POSITIVE_INFINITY)
  .parse();

interface SeedRange {
  readonly first: number;
  readonly last: number;
}

function seedRange(text: string): SeedRange {
  const parts = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("Give a range, for example 1-500.");
  return { first: Number(parts[1]), last: Number(parts[2] ?? parts[1]) };
}

class Summary {
  readonly #features = new Features();
  readonly #ends = new Features();
  readonly #failures: string[] = [];
  readonly #startMs = performance.now();
  #modules = 0;
  #runs = 0;
  #captures = 0;
  #deepest = 0;

  add(seed: number): void {
    const module = randomModule(seed);
    this.#modules++;
    this.#features.add(module.features);
    try {
      const { outcome, runs, captures, deepest } = prove(module);
      this.#ends.count(/^(trap: .*|exception|too many calls)$/.exec(outcome.end)?.[0] ?? "answer");
      this.#runs += runs;
      this.#captures += captures;
      this.#deepest = Math.max(this.#deepest, deepest);
    } catch (error) {
      if (!(error instanceof ProofFailure)) throw error;
      this.#failures.push(error.message);
      process.stderr.write(`${error.message}\n`);
    }
  }

  get seconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  get hasFailed(): boolean {
    return this.#failures.length > 0;
  }

  toString(): string {
    return [
      "made of:",
      this.#features.table(),
      "came to:",
      this.#ends.table(),
      `${this.#modules} modules, ${this.#runs} runs, ${this.#captures} stacks taken out and put back, ` +
        `the deepest of ${this.#deepest} frames, in ${this.seconds.toFixed(1)} s`,
      `${this.#failures.length} failed`,
    ].join("\n");
  }
}

const { seeds, seconds } = command.opts();
const summary = new Summary();
for (let seed = seeds.first; seed <= seeds.last && summary.seconds < seconds; seed++) {
  summary.add(seed);
}
process.stdout.write(`${summary.toString()}\n`);
process.exitCode = summary.hasFailed ? 1 : 0;
