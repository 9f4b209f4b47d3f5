// Programs that start programs, through the whole system: a C program in several roles.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shoal } from "../programs/shoal-process.ts";
import { compileHostedC } from "../sdk/compile.ts";

let directory = "";
let program = "";
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-processes-"));
  program = join(directory, "processes.wasm");
  copyFileSync(await compileHostedC("test/wasi/c/processes.c"), program);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("a program that starts others", () => {
  it.each(["process", "interrupt"])("finds what it is promised, in the %s model", async (model) => {
    const args = ["run", "--model", model, "--dir", `${directory}::/p`, program];
    const { stdout, stderr, exitCode } = await shoal([...args, "/p/processes.wasm"]);
    expect(text(stdout)).toMatch(/^\d+ checks, 0 failures\n$/);
    expect([text(stderr), exitCode]).toEqual(["", 0]);
  });

  it("is traced with its children, each under its own name", async () => {
    const args = ["run", "--trace", "calls", "--dir", `${directory}::/p`, program];
    const { stderr } = await shoal([...args, "/p/processes.wasm"]);
    expect(text(stderr)).toMatch(/^\[1 processes\.wasm\] .*spawn\(request=.*\) = 0 child=2$/m);
    expect(text(stderr)).toMatch(/^\[2 child\] .*fd_read\(fd=0/m);
  });
});
