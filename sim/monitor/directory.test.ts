// Names while cores die: seeds 1 to 300.
import { describe, expect, it } from "vitest";
import { DirectoryWorld } from "./directory-world.ts";

describe("a directory", () => {
  it("gives a name to one, answers everybody, and forgets the dead, from seeds 1 to 300", () => {
    let granted = 0;
    let found = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const run = new DirectoryWorld(seed, 2 + (seed % 4)).run(200);
      granted += run.granted;
      found += run.found;
    }
    expect(granted).toBeGreaterThan(1000);
    expect(found).toBeGreaterThan(1000);
  });
});
