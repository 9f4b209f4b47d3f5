// Compiles the C programs of the tests. A module is kept in the user's cache under a name made of
// everything that it was made of, so that only a change of source, header, flags or compiler costs a
// compilation.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory, fingerprint, makeOnce } from "../../tools/programs/cache.ts";
import { compilerVersion } from "../../tools/programs/compile.ts";
import type { ClangJob } from "./clang-child.ts";

const common = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"];

/** Without a C library: such a program begins at SHOAL_MAIN and imports nothing but `shoal`. */
const freestanding = ["--target=wasm32", "-nostdlib", "-ffreestanding", "-Wl,--no-entry"];

/** With the C library that comes with the compiler: a WASI program, which begins at `main`. */
const hosted = ["--target=wasm32-wasip1"];

/** The stack is below the data, so that a program that uses it up traps; 1 MiB, as clang's users have it. */
const stack = ["-Wl,--stack-first", "-Wl,-z,stack-size=1048576"];

const root = fileURLToPath(new URL("../../", import.meta.url));

export class CompileError extends Error {
  override readonly name = "CompileError";
}

/**
 * The module of a C program without a library, given its sources as paths from the root of the tree, and
 * flags, such as definitions for them (`-DNAME=VALUE`).
 */
export async function compileC(...sources: readonly string[]): Promise<Uint8Array> {
  return readFile(await compileFile(sources, freestanding));
}

/** Where the module of a C program with the C library is. */
export function compileHostedC(...sources: readonly string[]): Promise<string> {
  return compileFile(sources, hosted);
}

async function compileFile(given: readonly string[], kind: readonly string[]): Promise<string> {
  const sources = given.filter((one) => !one.startsWith("-"));
  const flags = given.filter((one) => one.startsWith("-"));
  const files: Record<string, string> = {};
  for (const header of sdkHeaders) files[header] = readSource(join("sdk/c", header));
  for (const source of sources) {
    const text = readSource(source);
    files[basename(source)] = text;
    for (const header of headersOf(text)) files[header] = readSource(join(source, "..", header));
  }
  const names = sources.map((source) => basename(source));
  const args = [...kind, ...common, ...stack, "-I.", ...flags, ...names];
  const name = fingerprint([compilerVersion(), args, files]);
  const directory = join(cacheDirectory(), "sdk", name);
  await makeOnce(directory, async (draft) => {
    await runCompiler({ args, files, output: join(draft, "program.wasm") });
  });
  return join(directory, "program.wasm");
}

const sdkHeaders: readonly string[] = ["shoal.h", "shoal_process.h"];

function readSource(path: string): string {
  const full = join(root, path);
  if (!existsSync(full)) throw new CompileError(`there is no C source ${path} in the tree`);
  return readFileSync(full, "utf8");
}

/** Headers that a source includes from beside it. */
function headersOf(text: string): string[] {
  const found = [...text.matchAll(/^#include "([^"]+)"/gm)].map((match) => match[1]!);
  return found.filter((name) => !sdkHeaders.includes(name));
}

function runCompiler(job: ClangJob): Promise<void> {
  const script = fileURLToPath(new URL("clang-child.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { stdio: ["pipe", "ignore", "pipe"] });
    const messages: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => void messages.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new CompileError(
            `clang failed (${signal ?? code}):\n${Buffer.concat(messages).toString()}`,
          ),
        );
    });
    child.stdin.end(JSON.stringify(job));
  });
}
