// Real programs, run by the command as a user runs them, against what their native builds (or, where
// there is none, node:wasi) printed. Programs that Debian has the sources of are run where they were
// built (`npm run programs -- build`, which CI does); those from npm are run everywhere.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { caseId, checkCase, isBuilt, listCases, prepareCase } from "../../tools/programs/index.ts";
import { shoal } from "./shoal-process.ts";

type Model = "process" | "interrupt";

const built = new Map<string, boolean>();
for (const { program } of listCases()) {
  if (!built.has(program)) built.set(program, isBuilt(program));
}

async function run(item: ReturnType<typeof listCases>[number], model: Model): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "shoal-program-"));
  try {
    const prepared = await prepareCase(item, directory);
    const runs = [];
    for (const { args, stdinPath } of prepared.runs) {
      const [name = "", ...rest] = args;
      const env = Object.entries(prepared.env).flatMap(([key, value]) => [
        "--env",
        `${key}=${value}`,
      ]);
      const options = [
        "--dir",
        `${prepared.directory}::/`,
        ...env,
        "--argv0",
        name,
        "--model",
        model,
      ];
      runs.push(await shoal(["run", ...options, prepared.module, ...rest], { stdinPath }));
    }
    expect(checkCase(item, { runs, directory: prepared.directory })).toBeUndefined();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const all = listCases().filter((item) => item.runs !== "commonmark-examples");

describe.concurrent(
  "a real program prints what its native build prints",
  { timeout: 180_000 },
  () => {
    for (const item of all) {
      // Skipped only where its program was not built: without Debian's sources.
      it.skipIf(!built.get(item.program))(`${caseId(item)} (process model)`, () =>
        run(item, "process"),
      );
    }
  },
);

describe("the same with its stack thrown out at every wait", { timeout: 180_000 }, () => {
  for (const item of all.filter(({ slow }) => slow !== true)) {
    it.skipIf(!built.get(item.program))(`${caseId(item)} (interrupt model)`, () =>
      run(item, "interrupt"),
    );
  }
});
