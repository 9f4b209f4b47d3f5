// The whole test run: format, lint, types, tidy, build, then every vitest project. It goes on after a failure,
// so that one run shows everything that is wrong, and its last line is always `N passed, N failed`,
// counted from what the stages and the tests themselves reported.
//
//   node tools/test.ts [--quick] [vitest filters...]
//
// Each stage counts as one test. With filters, only the tests whose path contains one are run; --quick
// leaves out the slow project.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { countReport, type Count } from "./test-report.ts";

const nodeMajorNeeded = 26;
const root = resolve(import.meta.dirname, "..");
const bin = join(root, "node_modules", ".bin");

const stages: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["format", ["oxfmt", "--check"]],
  ["lint", ["oxlint"]],
  ["types", ["tsc", "-p", "tsconfig.json"]],
  ["types of the pure part", ["tsc", "-p", "tsconfig.pure.json"]],
  ["tidy", [process.execPath, "tools/tidy.ts"]],
  ["build", [process.execPath, "tools/build.ts"]],
];

/** Runs a command of the project, and answers its exit code; its output goes where ours goes. */
async function run([command, ...args]: readonly string[]): Promise<number> {
  // The tools are scripts that look for `node` on the path, where the host's own may be older.
  const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
  const child = spawn(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  const { promise, resolve: settle } = Promise.withResolvers<number>();
  child.on("error", (error) => {
    console.log(`${command} could not be started (${error.message}): run npm ci first.`);
    settle(127);
  });
  child.on("exit", (code) => settle(code ?? 1));
  return promise;
}

async function runStages(): Promise<Count> {
  const count = { passed: 0, failed: 0 };
  for (const [name, command] of stages) {
    console.log(`\n== ${name}: ${command.join(" ").replace(process.execPath, "node")}`);
    const startMs = performance.now();
    const code = await run(command);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`== ${name} ${code === 0 ? "passed" : "FAILED"} in ${seconds} s`);
    if (code === 0) count.passed++;
    else count.failed++;
  }
  return count;
}

async function runVitest(filters: readonly string[], isQuick: boolean): Promise<Count> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-test-"));
  const reportPath = join(directory, "report.json");
  const projects = isQuick ? ["--project", "unit"] : [];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`];
  console.log("\n== tests: vitest run");
  try {
    const code = await run(["vitest", "run", ...projects, ...reporters, ...filters]);
    return countReport(readReport(reportPath), code);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readReport(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (Number.parseInt(process.versions.node, 10) < nodeMajorNeeded) {
    console.log(
      `The tests need Node ${nodeMajorNeeded} and this is ${process.versions.node}: run \`npm ci\`, ` +
        "which brings it along, and then `npm test`, which uses it.",
    );
    process.exitCode = 1;
    return;
  }
  const checked = positionals.length > 0 ? { passed: 0, failed: 0 } : await runStages();
  const tested = await runVitest(positionals, values.quick);
  const failed = checked.failed + tested.failed;
  console.log(`\n${checked.passed + tested.passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
