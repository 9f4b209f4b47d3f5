// Programs joined by pipes, as a person runs them: `shoal run a.wasm :: b.wasm`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shoal } from "../programs/shoal-process.ts";
import { assembleWat } from "../support/wat.ts";
import { pipelinePrograms } from "./pipeline-programs.ts";

let directory = "";
const file = (name: string): string => join(directory, `${name}.wasm`);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const join3 = (...names: string[]): string[] =>
  names.flatMap((name, i) => (i === 0 ? [file(name)] : ["::", file(name)]));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-pipeline-"));
  for (const [name, wat] of Object.entries(pipelinePrograms)) {
    writeFileSync(file(name), await assembleWat(wat));
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("programs joined by pipes", () => {
  it("pass every byte on, from the first's input to the last's output", async () => {
    const bytes = new Uint8Array(3_000_001).map((_, i) => (i * 131) & 0xff);
    const args = ["run", ...join3("copies", "copies", "copies", "copies")];
    const { stdout, stderr, exitCode } = await shoal(args, { stdin: bytes });
    expect([exitCode, text(stderr)]).toEqual([0, ""]);
    expect(Buffer.compare(Buffer.from(stdout), Buffer.from(bytes))).toBe(0);
  });

  it("end with the code of the last, or with --pipefail of the last that failed", async () => {
    const codeOf = async (...args: string[]): Promise<number> =>
      (await shoal(["run", ...args])).exitCode;
    expect(await codeOf(...join3("exits7", "exits0"))).toBe(0);
    expect(await codeOf(...join3("exits0", "exits7"))).toBe(7);
    expect(await codeOf("--pipefail", ...join3("exits7", "exits0"))).toBe(7);
    expect(await codeOf("--pipefail", ...join3("exits0", "exits0"))).toBe(0);
  });

  it("break the pipe of a writer whose reader has ended, which is told EPIPE", async () => {
    const args = ["run", "--pipefail", ...join3("floods", "exits0")];
    expect((await shoal(args)).exitCode).toBe(64);
  });

  it("name the program that trapped, and let the others go on", async () => {
    const args = ["run", ...join3("traps", "copies", "copies")];
    const { stderr, exitCode } = await shoal(args);
    expect(text(stderr)).toMatch(/traps\.wasm trapped: unreachable/);
    expect(exitCode).toBe(0);
    expect((await shoal(["run", ...join3("copies", "traps")])).exitCode).toBe(134);
  });

  it("are told apart in a trace", async () => {
    const args = ["run", "--trace", "calls", ...join3("copies", "copies")];
    const { stderr } = await shoal(args, { stdin: "hello" });
    expect(text(stderr)).toMatch(/^\[1 copies\.wasm\] fd_write\(fd=1.*"hello"/m);
    expect(text(stderr)).toMatch(/^\[2 copies\.wasm\] .*fd_read\(fd=0.* = 0 nread=5/m);
  });

  it("show what a poll waited for and what came of it", async () => {
    const { stderr } = await shoal(["run", "--trace", "calls", file("ticks")]);
    expect(text(stderr)).toMatch(
      /poll_oneoff\(.*\) = 0 \{clock in 10 ms\} -> \{clock in 10 ms\}$/m,
    );
  });

  it("run in the interrupt model as well", async () => {
    const args = ["run", "--model", "interrupt", ...join3("copies", "copies")];
    const bytes = new Uint8Array(500_000).map((_, i) => (i * 31) & 0xff);
    const { stdout, exitCode } = await shoal(args, { stdin: bytes });
    expect(exitCode).toBe(0);
    expect(Buffer.compare(Buffer.from(stdout), Buffer.from(bytes))).toBe(0);
  });

  it.each([
    [["run", "a.wasm", "::"], "one is missing", 2],
    [["run", "a.wasm", "::", "--dir", ".", "b.wasm"], "options come before the first", 2],
    [["run", "--argv0", "x", "a.wasm", "::", "b.wasm"], "--argv0 is for one program", 2],
    [["run", "no-such.wasm", "::", "b.wasm"], 'there is no file "no-such.wasm"', 127],
  ])("are refused as %j with what to do", async (args, says, code) => {
    const { stderr, exitCode } = await shoal(args);
    expect(text(stderr)).toContain(says);
    expect(exitCode).toBe(code);
  });

  it("do not start at all if one of them cannot be linked, and say which", async () => {
    const { stdout, stderr, exitCode } = await shoal(["run", ...join3("floods", "unlinkable")]);
    expect(text(stderr)).toMatch(/unlinkable\.wasm cannot be run: the program imports env\.magic/);
    expect([stdout.length, exitCode]).toEqual([0, 126]);
  });
});
