// Where command lines run: as the native build of their program, or as its module on Shoal. The program
// of this folder that makes calls on files is compiled for both from the same source.
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, fingerprint, makeOnce } from "../../tools/programs/cache.ts";
import { commandName } from "../../tools/programs/case.ts";
import type { RunResult } from "../../tools/programs/case.ts";
import { runCommand } from "../../tools/programs/command.ts";
import { commonFlags, compile, compilerVersion } from "../../tools/programs/compile.ts";
import { runNatively } from "../../tools/programs/expected.ts";
import { isBuilt, modulePath } from "../../tools/programs/build.ts";
import { nativeOf } from "../../tools/programs/native.ts";
import { shoal } from "../programs/shoal-process.ts";
import { answerOf, type Answer, type CommandLine, type Subject } from "./command-line.ts";

/** What a program's environment holds; nothing of the host's gets through. */
const environment = { LC_ALL: "C", TZ: "UTC", HOME: "/nowhere" };

const callsSource = join(import.meta.dirname, "c", "calls.c");

function nameOf(subject: Subject): string {
  return subject === "calls" ? "calls" : commandName(subject);
}

/** Where both builds of the program of this folder are, or will be. */
function callsDirectory(): string {
  const key = fingerprint([readFileSync(callsSource, "utf8"), commonFlags, compilerVersion()]);
  return join(cacheDirectory(), `calls-${key}`);
}

/** Compiles the program of this folder to WASI, which needs nothing but npm's compiler. */
export async function buildCalls(): Promise<void> {
  await makeOnce(callsDirectory(), async (draft) => {
    const trees = { src: join(import.meta.dirname, "c") };
    await compile(["src/calls.c"], commonFlags, trees, join(draft, "calls.wasm"));
  });
}

export function isThere(subject: Subject): boolean {
  return subject === "calls" || isBuilt(subject);
}

export async function onShoal(line: CommandLine): Promise<Answer> {
  const module =
    line.subject === "calls" ? join(callsDirectory(), "calls.wasm") : modulePath(line.subject);
  return answerOf(line, (directory, stdinPath) => {
    const env = Object.entries(environment).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
    const options = ["--dir", `${directory}::/`, ...env, "--argv0", nameOf(line.subject)];
    return shoal(["run", ...options, module, ...line.args], { stdinPath });
  });
}

/** For recording: the native build, and what it says of itself. */
export async function nativeCommand(
  subject: Subject,
): Promise<{ readonly command: string; readonly origin: string }> {
  if (subject !== "calls") return nativeOf(subject);
  const directory = join(
    cacheDirectory(),
    `native-${fingerprint(readFileSync(callsSource, "utf8"))}`,
  );
  const command = join(directory, "calls");
  if (!existsSync(command)) {
    await mkdir(directory, { recursive: true });
    const ifMissing = "Install gcc.";
    await runCommand("cc", ["-O1", "-w", "-D_GNU_SOURCE", "-o", command, callsSource], {
      ifMissing,
    });
  }
  return { command, origin: "calls.c, by cc on Linux" };
}

export function natively(line: CommandLine, command: string): Promise<Answer> {
  return answerOf(line, async (directory, stdinPath): Promise<RunResult> => {
    const run = { args: [nameOf(line.subject), ...line.args], ...(stdinPath && { stdinPath }) };
    const { runs } = await runNatively(
      { module: "", directory, env: environment, runs: [run] },
      command,
    );
    return runs[0];
  });
}
