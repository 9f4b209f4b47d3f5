// Compiles C to a WASI preview 1 command with the clang from npm. The flags that every program
// shares are here; what differs is in recipes.ts.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CompileJob } from "./clang-child.ts";
import { CommandFailure } from "./command.ts";

const emulated = ["signal", "process-clocks", "mman", "getpid"];

/** Flags of every program; part of the cache key. */
export const commonFlags: readonly string[] = [
  "--target=wasm32-wasip1",
  "-O2",
  "-w",
  "-Wl,--stack-first",
  "-Wl,-z,stack-size=1048576",
  ...emulated.map((what) => `-D_WASI_EMULATED_${what.toUpperCase().replace("-", "_")}`),
  ...emulated.map((what) => `-lwasi-emulated-${what}`),
];

/** For programs that use setjmp: WebAssembly exceptions in their standard (try_table) form. */
export const setjmpFlags: readonly string[] = [
  "-mllvm",
  "-wasm-enable-sjlj",
  "-mllvm",
  "-wasm-use-legacy-eh=false",
  "-lsetjmp",
];

/** The compiler's version; part of the cache key. */
export function compilerVersion(): string {
  const manifest = new URL("../package.json", import.meta.resolve("@yowasp/clang"));
  // The manifest of an npm package always has a version.
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/** What the linker is told: libraries, its own flags, and what both need to know. */
const forLinker = /^(-l|-Wl,|--target=|-nostdlib)/;
const forCompiler = /^(?!-l|-Wl,)/;

/**
 * Makes a module of C files in a process of its own; fails with the compiler's first messages.
 * `trees` maps the names under which `files` and `flags` find directories to those directories.
 */
export function compile(
  files: readonly string[],
  flags: readonly string[],
  trees: Readonly<Record<string, string>>,
  output: string,
): Promise<void> {
  const job: CompileJob = {
    files,
    compileFlags: flags.filter((flag) => forCompiler.test(flag)),
    linkFlags: flags.filter((flag) => forLinker.test(flag)),
    trees,
    output,
  };
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL("clang-child.ts", import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ["pipe", "ignore", "pipe"] });
    const messages: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => void messages.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      const head = Buffer.concat(messages).toString().trimEnd().split("\n").slice(0, 25).join("\n");
      reject(new CommandFailure(`the C compiler failed (${signal ?? `code ${code}`}):\n${head}`));
    });
    child.stdin.end(JSON.stringify(job));
  });
}
