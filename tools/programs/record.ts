// Records what cases must answer, and checks the modules on node:wasi against those records. Both
// run a case in a temporary directory of its own.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programVersion } from "./build.ts";
import { type Case, type CaseResult, type Expected, type PreparedCase } from "./case.ts";
import { checkCase, expectedFile, readExpected, summarize } from "./check.ts";
import { runNatively, runOnNodeWasi } from "./expected.ts";
import { nativeOf } from "./native.ts";
import { prepareCase, runsOf } from "./prepare.ts";

export class WrongAnswer extends Error {
  override name = "WrongAnswer";
}

/** Runs a case where its truth comes from and writes it down in the program's file. */
export async function recordCase(item: Case): Promise<void> {
  const expected = await inTemporary(item, async (prepared) => {
    if (item.expect === "wasi") {
      const by = `${item.program} ${programVersion(item.program)} on node:wasi, Node ${process.version}`;
      return summarize(item, await checkKnown(item, await runOnNodeWasi(prepared)), by);
    }
    const { command, origin } = await nativeOf(item.program);
    const result = await checkKnown(item, await runNatively(prepared, command));
    return summarize(item, result, origin);
  });
  await store(item, expected);
}

/** Runs a case's module on node:wasi; answers a difference from the record, if there is one. */
export async function verifyCase(item: Case): Promise<string | undefined> {
  return inTemporary(item, async (prepared) => checkCase(item, await runOnNodeWasi(prepared)));
}

async function inTemporary<T>(item: Case, use: (prepared: PreparedCase) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "shoal-case-"));
  try {
    return await use(await prepareCase(item, dir));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Refuses to record an answer that contradicts what the case itself knows. */
async function checkKnown(item: Case, result: CaseResult): Promise<CaseResult> {
  const failed = result.runs.find((run) => run.exitCode !== 0);
  if ((failed !== undefined) !== (item.fails ?? false)) {
    const how = failed
      ? `code ${failed.exitCode}: ${Buffer.from(failed.stderr).toString()}`
      : "code 0";
    throw new WrongAnswer(`the case says otherwise, but a run ended with ${how}`);
  }
  for (const [index, run] of (await runsOf(item)).entries()) {
    const got = Buffer.from(result.runs[index].stdout).toString();
    if (run.stdout === undefined || run.stdout === got) continue;
    throw new WrongAnswer(`run ${index + 1} answered ${JSON.stringify(got)}, not ${run.stdout}`);
  }
  return result;
}

async function store(item: Case, expected: Expected): Promise<void> {
  const all = { ...readExpected(item.program), [item.name]: expected };
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const text = `${JSON.stringify(sorted, null, 2)}\n`;
  const path = expectedFile(item.program);
  const before = await readFile(path, "utf8").catch(() => "");
  if (before !== text) await writeFile(path, text);
}
