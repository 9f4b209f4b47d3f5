// The two test projects. `unit` is what `npm run check` runs: everything that lives beside the code
// it tests, in memory and in seconds. `system` is what only `npm test` runs: real processes, real
// files, real programs. A test belongs to one of them by its path and by nothing else.
//
// A file for each core is run at a time: by itself vitest would leave one of two cores idle. Those that take
// minutes begin first, so that none of them is left over when all others have ended.
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const longest: readonly string[] = [
  "test/capture/fuzz/fuzz.test.ts",
  "test/programs/programs.test.ts",
  "test/sdk/hostile-stack.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      longest.some((path) => moduleId.endsWith(path));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,sim,tools}/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["{test,bench,examples}/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
