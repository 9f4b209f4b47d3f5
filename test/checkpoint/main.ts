// Freezes real programs at random points, as many times as asked, and checks that their output is the same:
//
//   node test/checkpoint/main.ts [--seed N] [--count N] [--program NAME]
//
// One line for each that differs, with what repeats it; fails if there is any.
import { parseArgs } from "node:util";
import { freezeAtRandom, frozenCases } from "./random-freeze.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    count: { type: "string", default: "100" },
    program: { type: "string" },
  },
});

const cases = frozenCases(values.program);

async function freezeOne(seed: number): Promise<{ freezes: number; isSame: boolean }> {
  const { freezes, difference, what } = await freezeAtRandom(seed, cases);
  if (difference !== undefined) console.log(`seed ${seed}, ${what}:\n${difference}`);
  return { freezes, isSame: difference === undefined };
}

let freezes = 0;
let failures = 0;
for (let i = 0; i < Number(values.count); i++) {
  const one = await freezeOne(Number(values.seed) + i);
  freezes += one.freezes;
  if (!one.isSame) failures++;
}
console.log(
  `${values.count} runs from seed ${values.seed} on, ${freezes} freezes, ${failures} differences`,
);
process.exitCode = failures === 0 ? 0 : 1;
