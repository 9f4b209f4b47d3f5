// The example with threads in C, compiled as its header says and run by the command, in both models.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../tools/programs/compile.ts";
import { shoal } from "../programs/shoal-process.ts";
import { assembleWat } from "../support/wat.ts";

const flags = [
  "--target=wasm32-wasip1",
  "-std=c11",
  "-O2",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-matomics",
  "-mbulk-memory",
  // The C library of the compiler is not made for threads: only the first thread of the example calls it.
  "-Wl,--shared-memory,--import-memory,--max-memory=4194304,--no-check-features",
  "-Wl,--stack-first,-z,stack-size=65536",
];

describe("the example with threads", () => {
  let directory: string;
  let program: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "shoal-threads-"));
    program = join(directory, "threads.wasm");
    const src = fileURLToPath(new URL("../../examples/c", import.meta.url));
    await compile(["src/threads.c"], flags, { src }, program);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(["process", "interrupt"])("counts and plays in the %s model", async (model) => {
    const { stdout, stderr, exitCode } = await shoal(["run", "--model", model, program]);
    expect(new TextDecoder().decode(stderr)).toBe("");
    const owns = "10000 10000 10000 10000";
    const expected = `together 40000, of their own ${owns}, main's 0, turns 400\n`;
    expect(new TextDecoder().decode(stdout)).toBe(expected);
    expect(exitCode).toBe(0);
  });

  it("is ended, and told why, when its threads wait for each other for ever", async () => {
    const wat = `(module (import "env" "memory" (memory 1 1 shared)) (func (export "_start")
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))`;
    const path = join(directory, "waits.wasm");
    writeFileSync(path, await assembleWat(wat));
    const { stderr, exitCode } = await shoal(["run", path]);
    expect(new TextDecoder().decode(stderr)).toMatch(
      /waits\.wasm: every thread .* waits for another/,
    );
    expect(exitCode).toBe(134);
  });

  it("cannot have more memory than the command allows", async () => {
    const { stderr, exitCode } = await shoal(["run", "--memory-max", "64k", program]);
    expect(new TextDecoder().decode(stderr)).toMatch(/needs \d+ bytes of memory to start/);
    expect(exitCode).toBe(126);
  });
});
