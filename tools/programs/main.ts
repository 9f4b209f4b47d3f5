// `npm run programs`: lists, builds and locates the real programs that tests and benchmarks run,
// and records what they must print. Results go to standard output, progress to standard error.
import { Command } from "@commander-js/extra-typings";
import { buildProgram, isBuilt, modulePath, programVersion } from "./build.ts";
import { cacheDirectory } from "./cache.ts";
import { type Case, caseId } from "./case.ts";
import { compileOwn } from "./compile-command.ts";
import { type ProgramName, programNames, recipes } from "./recipes.ts";
import { recordCase, verifyCase } from "./record.ts";
import { listCases } from "../../test/programs/manifest.ts";

const notes = `
The cache is $SHOAL_CACHE/programs, or shoal/programs in ~/.cache.
Building needs Debian 12 with: dpkg-dev gcc make bison tcl
Recording needs also: lua5.4 sqlite3 jq bzip2 original-awk cmark figlet tinyscheme`;

class UnknownProgram extends Error {
  override name = "UnknownProgram";
}

const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function toPrograms(words: readonly string[]): readonly ProgramName[] {
  if (words.length === 0) return programNames;
  return words.map((word) => {
    const name = programNames.find((candidate) => candidate === word);
    if (name !== undefined) return name;
    throw new UnknownProgram(`no program ${word}; there are: ${programNames.join(", ")}`);
  });
}

function list(): void {
  process.stdout.write(`cache: ${cacheDirectory()}\n`);
  for (const name of programNames) {
    const state = isBuilt(name) ? "built" : "to build";
    const where = isBuilt(name) ? modulePath(name) : "-";
    const columns = [name.padEnd(13), programVersion(name).padEnd(20), state.padEnd(9), where];
    process.stdout.write(`${columns.join(" ")}\n${" ".repeat(14)}${recipes[name].summary}\n`);
  }
}

/** Builds what is named; one failure does not keep the others from being built. */
async function build(words: readonly string[]): Promise<void> {
  const failed: string[] = [];
  for (const name of toPrograms(words)) {
    try {
      progress(`${name}: ${await buildProgram(name, progress)}`);
    } catch (error) {
      failed.push(name);
      progress(`${name}: FAILED. ${reason(error)}`);
    }
  }
  if (failed.length === 0) return;
  progress(`not built: ${failed.join(", ")}`);
  process.exitCode = 1;
}

/** Cases named as PROGRAM or PROGRAM/CASE; all, when none is named. */
function toCases(words: readonly string[], withSlow: boolean): readonly Case[] {
  const wanted = listCases().filter((item) => withSlow || !item.slow);
  if (words.length === 0) return wanted;
  return words.flatMap((word) => {
    const found = listCases().filter((item) => caseId(item) === word);
    if (found.length > 0) return found;
    const [name] = toPrograms([word]);
    return wanted.filter((item) => item.program === name);
  });
}

/** Runs an action over cases, going on after a failure; says how long each took. */
async function overCases(
  words: readonly string[],
  withSlow: boolean,
  action: (item: Case) => Promise<string | undefined>,
): Promise<void> {
  let failures = 0;
  const chosen = toCases(words, withSlow);
  for (const item of chosen) {
    const startMs = performance.now();
    const problem = await action(item).catch(reason);
    if (problem !== undefined) failures += 1;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(2);
    progress(`${problem === undefined ? "ok  " : "FAIL"} ${caseId(item)} ${seconds} s`);
    if (problem !== undefined) progress(`     ${problem.replaceAll("\n", "\n     ")}`);
  }
  progress(`${chosen.length - failures} of ${chosen.length} cases`);
  if (failures > 0) process.exitCode = 1;
}

const program = new Command("programs")
  .description("Real programs as WASI modules: fetched and built from packages, kept in a cache")
  .addHelpText("after", notes);
program
  .command("list")
  .description("each program with its version, whether it is built, and where it is")
  .action(list);
program
  .command("build")
  .description("build the named programs, or all; what is in the cache is not built again")
  .argument("[names...]")
  .action(build);
program
  .command("path")
  .description("print the path of a program's module, building it first if needed")
  .argument("<name>")
  .action(async (word) => {
    for (const name of toPrograms([word])) {
      process.stdout.write(`${await buildProgram(name, progress)}\n`);
    }
  });
program
  .command("compile")
  .description("compile C files of your own to a module, with the compiler from npm")
  .argument("<sources...>", "C files; headers beside them, and sdk/c/shoal.h, are found")
  .option("-o, --output <file>", "where the module goes (default: FIRST.wasm in this directory)")
  .option("--flag <flags...>", "more flags for clang, each as --flag=-O0 or --flag=-DNAME=VALUE")
  .action(async (sources, { output, flag }) => {
    const made = await compileOwn({ sources, output, flags: flag ?? [] });
    progress(`made ${made}`);
  });
program
  .command("cases")
  .description("list the cases, with their marks")
  .action(() => {
    for (const item of listCases()) {
      const marks = [item.expect, item.slow && "slow"];
      process.stdout.write(`${caseId(item).padEnd(34)} ${marks.filter(Boolean).join(" ")}\n`);
    }
  });
const caseWords = "PROGRAM or PROGRAM/CASE; all when absent";
program
  .command("record")
  .description("record what cases must print, from native builds (see apt packages in --help)")
  .argument("[cases...]", caseWords)
  .option("--fast", "leave out slow cases")
  .action((words, { fast }) =>
    overCases(words, !fast, async (item) => {
      await recordCase(item);
      return undefined;
    }),
  );
program
  .command("verify")
  .description("run cases on node:wasi, the reference host, and compare with what is recorded")
  .argument("[cases...]", caseWords)
  .option("--fast", "leave out slow cases")
  .action((words, { fast }) => overCases(words, !fast, verifyCase));

// A reader that has seen enough (`list | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  progress(reason(error));
  process.exitCode = 1;
}
