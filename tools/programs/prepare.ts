// Makes a case ready to run: its module is built, its files are written into a directory, its
// standard inputs beside them, outside what the guest can see.
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assetPath, buildProgram, type Progress } from "./build.ts";
import { type Case, commandName, type Content, type PreparedCase, type Run } from "./case.ts";
import { generateContent } from "./generated.ts";
import { commonmarkExamples } from "./commonmark.ts";

const inputDirectory = fileURLToPath(new URL("../../test/programs/input", import.meta.url));
/** What a guest's environment holds at least; nothing of the host's gets through. */
const baseEnv: Readonly<Record<string, string>> = { LC_ALL: "C", TZ: "UTC" };
const silent: Progress = () => {};

/** Fills `dir`, which must be empty, and answers how to run the case. */
export async function prepareCase(
  item: Case,
  dir: string,
  progress: Progress = silent,
): Promise<PreparedCase> {
  const module = await buildProgram(item.program, progress);
  const directory = join(dir, "root");
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(item.files ?? {})) {
    await place(content, join(directory, name), progress);
  }
  const runs = [];
  for (const [index, run] of (await runsOf(item)).entries()) {
    const args = [commandName(item.program), ...run.args];
    if (run.stdin === undefined) {
      runs.push({ args });
      continue;
    }
    const stdinPath = join(dir, `stdin-${index}`);
    await place(run.stdin, stdinPath, progress);
    runs.push({ args, stdinPath });
  }
  return { module, directory, env: { ...baseEnv, ...item.env }, runs };
}

/** The runs of a case; those of CommonMark's specification are read from the built program. */
export async function runsOf(item: Case): Promise<readonly Run[]> {
  if (item.runs !== "commonmark-examples") return item.runs;
  const path = await assetPath("cmark", "spec.txt", silent);
  return commonmarkExamples(await readFile(path, "utf8"));
}

async function place(content: Content, path: string, progress: Progress): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (typeof content === "string") return writeFile(path, content);
  if ("input" in content) return cp(join(inputDirectory, content.input), path);
  if ("generated" in content) {
    return writeFile(path, generateContent(content.generated, content.bytes));
  }
  return cp(await assetPath(content.of, content.asset, progress), path, { recursive: true });
}
