// The proof of stack capture for stacks that the engine holds: random modules, several at a time, whose
// suspended stacks leave together and go on in fresh instances, come to what they come to undisturbed.
import { expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { randomModule } from "../capture/random-module/index.ts";
import { runUndisturbed } from "../capture/stopped-run.ts";
import { SuspendableModule } from "./suspended-run.ts";

const firstSeed = Number(process.env["SHOAL_TEST_SEED"] ?? 1);
const batches = Number(process.env["SHOAL_TEST_BATCHES"] ?? 10);
const together = 6;

/** A run may not be stopped more often than this at one call. */
const attemptsMax = 2;

it(`random modules, ${together} at a time, are taken out together (first seed ${firstSeed})`, async () => {
  let captures = 0;
  for (let batch = 0; batch < batches; batch++) {
    const seeds = Array.from({ length: together }, (_, n) => firstSeed + batch * together + n);
    const runs = seeds.map(async (seed) => {
      const { bytes } = randomModule(seed);
      const random = new Random(seed, "stops");
      const run = await new SuspendableModule(bytes).run((_, attempt) => {
        return attempt < attemptsMax && random.chance(1, 4);
      });
      captures += run.captures;
      expect({ seed, ...run.outcome }).toEqual({ seed, ...runUndisturbed(bytes) });
    });
    await Promise.all(runs);
  }
  expect(captures).toBeGreaterThan(batches * together);
});
