// The two test projects. `unit` is what `npm run check` runs: everything that lives beside the code
// it tests, in memory and in seconds. `system` is what only `npm test` runs: real processes, real
// files, real programs. A test belongs to one of them by its path and by nothing else.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,sim,tools}/**/*.test.ts"],
          testTimeout: 10_000,
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
