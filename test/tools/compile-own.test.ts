// `npm run programs -- compile`: what a newcomer compiles first, with and without a C library.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileOwn } from "../../tools/programs/compile-command.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "shoal-compile-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function importsOf(path: string): string[] {
  const module = new WebAssembly.Module(readFileSync(path));
  return [...new Set(WebAssembly.Module.imports(module).map((one) => one.module))];
}

describe("a C file of one's own", () => {
  it("becomes a WASI program if it has a main, with the headers beside it", async () => {
    write("answer.h", "#define ANSWER 42\n");
    const source = write(
      "main.c",
      '#include <stdio.h>\n#include "answer.h"\nint main(void) { printf("%d", ANSWER); return 0; }\n',
    );
    const output = join(directory, "main.wasm");
    expect(await compileOwn({ sources: [source], output, flags: [] })).toBe(output);
    expect(importsOf(output)).toEqual(["wasi_snapshot_preview1"]);
  });

  it("imports nothing but the kernel if it begins at SHOAL_MAIN", async () => {
    const source = write(
      "own.c",
      '#include "shoal.h"\nSHOAL_MAIN() { return (int)shoal_thread_yield() + NUMBER; }\n',
    );
    const output = join(directory, "own.wasm");
    await compileOwn({ sources: [source], output, flags: ["-DNUMBER=3"] });
    expect(importsOf(output)).toEqual(["shoal"]);
  });

  it("is refused with the compiler's words, or if it is not there", async () => {
    const source = write("wrong.c", "int main(void) { return unknown; }\n");
    const output = join(directory, "wrong.wasm");
    await expect(compileOwn({ sources: [source], output, flags: [] })).rejects.toThrow(
      /undeclared identifier 'unknown'/,
    );
    const missing = join(directory, "missing.c");
    await expect(compileOwn({ sources: [missing], output, flags: [] })).rejects.toThrow(
      `there is no file ${missing}`,
    );
  });
});
