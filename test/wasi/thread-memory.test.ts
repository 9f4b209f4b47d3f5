// Every function of WASI on a memory that is shared, which much of the host takes no views of: the program
// that checks what POSIX promises, linked with such a memory, finds nothing wrong.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commonFlags, compile } from "../../tools/programs/compile.ts";
import { shoal } from "../programs/shoal-process.ts";

const forThreads = [
  // Compiled for one thread, as the C library is: only the memory is one that threads could share.
  "-Wl,--shared-memory,--import-memory,--max-memory=67108864,--no-check-features",
];

describe("a program whose memory is shared", () => {
  let directory: string;
  let program: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "shoal-shared-"));
    program = join(directory, "posix.wasm");
    const src = fileURLToPath(new URL("c", import.meta.url));
    await compile(["src/posix.c"], [...commonFlags, ...forThreads], { src }, program);
    mkdirSync(join(directory, "granted"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  async function run(...options: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await shoal(["run", ...options, program], {
      stdin: "in!\n",
    });
    const decoder = new TextDecoder();
    expect(decoder.decode(stdout)).toMatch(/^\d+ checks, 0 failures\n$/);
    expect(exitCode).toBe(42);
    return decoder.decode(stderr);
  }

  it("finds nothing wrong with a directory of the host", async () => {
    expect(await run("--dir", `${directory}/granted::/`)).toBe("all good\n");
  });

  it("finds nothing wrong with a directory in memory, when every wait takes its stack out", async () => {
    expect(await run("--temp-dir", "/", "--model", "interrupt")).toBe("all good\n");
  });

  it("is traced, paths and data among it", async () => {
    const trace = await run("--temp-dir", "/", "--trace", "calls");
    expect(trace).toMatch(/^path_open\(dirfd=3, .*\) = 0 "[a-z]+".* fd=\d+$/m);
    expect(trace).toMatch(/^fd_write\(fd=2, .*"all good\\n"/m);
  });
});
