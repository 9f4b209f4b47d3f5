// The differential proof on random modules: some seeds of today, those that once found something, and
// the proof that it would notice.
import { describe, expect, it } from "vitest";
import { plants } from "./plants.ts";
import { prove, ProofFailure } from "./proof.ts";
import { Features, randomModule } from "./random-module/index.ts";
import { keptSeeds } from "./seeds.ts";

const firstSeed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261121);
const batches = 8;
const batchSize = 25;

describe(`random modules from seed ${firstSeed}`, () => {
  const features = new Features();
  let captures = 0;

  it.each(Array.from({ length: batches }, (_, batch) => firstSeed + batch * batchSize))(
    "come to the same however often their stacks are moved: %i and those behind it",
    (first) => {
      for (let seed = first; seed < first + batchSize; seed++) {
        const module = randomModule(seed);
        features.add(module.features);
        captures += prove(module).captures;
      }
    },
  );

  it("make every thing there is to make, and are stopped thousands of times", () => {
    expect(features.counts.size).toBeGreaterThan(50);
    expect(captures).toBeGreaterThan(2000);
  });
});

describe("seeds that found something", () => {
  it.each(keptSeeds)("$seed stays fixed: $found", ({ seed }) => {
    prove(randomModule(seed));
  });
});

describe("the proof itself", () => {
  const seedsEnough = 120;

  it.each(plants)("notices when $name", ({ plant, carry }) => {
    const takeOut = plant();
    try {
      expect(() => {
        for (let seed = 1; seed <= seedsEnough; seed++) {
          prove(randomModule(seed), carry === undefined ? {} : { carry });
        }
      }).toThrow(ProofFailure);
    } finally {
      takeOut();
    }
  });
});
