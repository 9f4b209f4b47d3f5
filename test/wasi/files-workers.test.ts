// The calls that are made directly in the C library, from two workers at once, as from two cores: with
// memories that grow, with workers that are terminated, and with a process that ends in the middle. Node
// keeps a list of what each worker has opened, and says so on the error stream where that is not respected.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasDirectoryPaths } from "../../src/server/node/index.ts";

const child = fileURLToPath(new URL("files-workers-child.ts", import.meta.url));
/** Enough for the engine to have compiled the calls. */
const turns = 3000;
/** What the child ends with when it ends under its workers. */
const exitCode = 7;

describe.runIf(hasDirectoryPaths())("two workers in one directory, by the C library", () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "shoal-workers-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function run(ending: string, count: number): { status: number | null; said: string } {
    const args = ["--disable-warning=ExperimentalWarning", child, directory, ending, String(count)];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, args);
    return { status, said: `${signal ?? ""}${stdout.toString()}${stderr.toString()}` };
  }

  it("do all their work, and Node has nothing to warn of", () => {
    expect(run("end", turns)).toEqual({ status: 0, said: "both are over\n" });
  });

  it("do not disturb each other when one is terminated", () => {
    expect(run("terminate", turns)).toEqual({ status: 0, said: "both are over\n" });
  });

  it.each([0, 500, turns])("let the process end in the middle, after %i turns", (count) => {
    expect(run("exit", count)).toEqual({ status: exitCode, said: "" });
  });
});
