// A C program that checks what POSIX promises about files, through the command: compiled with the npm
// clang, run as a process on the kernel, over every kind of tree and in both execution models. The same
// file, compiled for Linux, makes the same claims about Linux.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commonFlags, compile } from "../../tools/programs/compile.ts";
import { shoal } from "../programs/shoal-process.ts";

const sources = fileURLToPath(new URL("c", import.meta.url));
const stdin = "in!\n";

describe("a C program that checks what POSIX promises about files", () => {
  let directory: string;
  let program: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "shoal-posix-"));
    program = join(directory, "posix.wasm");
    await compile(["src/posix.c"], commonFlags, { src: sources }, program);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  async function run(...options: string[]): Promise<void> {
    const { stdout, stderr, exitCode } = await shoal(["run", ...options, program], { stdin });
    const decoder = new TextDecoder();
    expect(decoder.decode(stdout)).toMatch(/^\d+ checks, 0 failures\n$/);
    expect(decoder.decode(stderr)).toBe("all good\n");
    expect(exitCode).toBe(42);
  }

  it("finds nothing wrong with a directory of the host", async () => {
    const granted = join(directory, "granted");
    mkdirSync(granted);
    await run("--dir", `${granted}::/`);
    expect(readdirSync(granted)).toEqual([]);
  });

  it("finds nothing wrong with a directory in memory", async () => {
    await run("--temp-dir", "/");
  });

  it("finds nothing wrong when every wait takes its stack out", async () => {
    await run("--temp-dir", "/", "--model", "interrupt");
  });
});
