// The command by hand, so to speak: what a person types, sees and gets back.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { version } from "../../src/cli/version.ts";
import { shoal } from "../programs/shoal-process.ts";
import { assembleWat } from "../support/wat.ts";

let directory = "";
const file = (name: string): string => join(directory, name);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const exits = (code: number): string => `(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const ${code}))))`;

const traps = `(module (memory (export "memory") 1)
  (func $inner (unreachable)) (func $outer (call $inner))
  (func (export "_start") (call $outer)))`;

const recurses = `(module (memory (export "memory") 1)
  (func $deeper (param i32) (result i32) (i32.add (call $deeper (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  (func (export "_start") (drop (call $deeper (i32.const 0)))))`;

/** Copies standard input to standard output as it comes. */
const echoes = `(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    (loop $more
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 65536))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (call $exit (i32.const 3))))
      (if (i32.load (i32.const 8)) (then
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)) (then (call $exit (i32.const 4))))
        (br $more))))))`;

const spins = `(module (memory (export "memory") 1) (func (export "_start") (loop $l (br $l))))`;

const grows = `(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.eq (memory.grow (i32.const 16)) (i32.const -1)))))`;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-cli-"));
  const programs = { exit7: exits(7), traps, recurses, echoes, spins, grows };
  for (const [name, wat] of Object.entries(programs)) {
    writeFileSync(file(`${name}.wasm`), await assembleWat(wat));
  }
  writeFileSync(file("text.wasm"), "this is no program\n");
  writeFileSync(file("cut.wasm"), readFileSync(file("echoes.wasm")).subarray(0, 60));
  writeFileSync(file("component.wasm"), new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]));
  mkdirSync(file("tree"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the command line", () => {
  it("prints help that shows an example", async () => {
    const { stdout, exitCode } = await shoal(["--help"]);
    expect(exitCode).toBe(0);
    expect(text(stdout)).toContain("shoal run hello.wasm");
  });

  it("knows its version, which is the package's", async () => {
    const { stdout } = await shoal(["--version"]);
    const url = new URL("../../package.json", import.meta.url);
    const expected = (JSON.parse(readFileSync(fileURLToPath(url), "utf8")) as { version: string })
      .version;
    expect(text(stdout).trim()).toBe(expected);
    expect(version).toBe(expected);
  });

  it.each([
    [["rnu"], "Did you mean run?", 2],
    [["run", "--memory-mx", "1m", "x"], "Did you mean --memory-max?", 2],
    [["run", "--memory-max", "lots", "x"], "512k", 2],
    [["run", "--model", "threads", "x"], "process, interrupt", 2],
    [["run"], "missing required argument", 2],
    [["run", "no-such.wasm"], 'there is no file "no-such.wasm"', 127],
    [["run", tmpdir()], "is a directory", 126],
    [["run", "--dir", "/no/such", "x.wasm"], 'there is no directory "/no/such"', 2],
    [["run", "--env", "SHOAL_TEST_UNSET", "x.wasm"], "SHOAL_TEST_UNSET", 2],
  ])("answers %j with what to do", async (args, says, code) => {
    const { stderr, stdout, exitCode } = await shoal(args);
    expect(text(stderr)).toContain(says);
    expect(text(stdout)).toBe("");
    expect(exitCode).toBe(code);
  });

  it.each(["text.wasm", "cut.wasm", "component.wasm"])(
    "refuses %s by name and reason",
    async (name) => {
      const { stderr, exitCode } = await shoal(["run", file(name)]);
      expect(exitCode).toBe(126);
      expect(text(stderr)).toContain(name);
      expect(text(stderr)).not.toContain("    at ");
    },
  );
});

describe("a program", () => {
  it("passes its exit code on", async () => {
    expect((await shoal(["run", file("exit7.wasm")])).exitCode).toBe(7);
  });

  it("that traps shows its own stack, innermost function first", async () => {
    const { stderr, exitCode } = await shoal(["run", file("traps.wasm")]);
    expect(exitCode).toBe(134);
    expect(text(stderr)).toMatch(/trapped: unreachable\n\s+at inner .*\n\s+at outer /);
  });

  it("that recurses for ever ends with its stack used up, and says so", async () => {
    const { stderr, exitCode } = await shoal(["run", file("recurses.wasm")]);
    expect(exitCode).toBe(134);
    expect(text(stderr)).toContain("used up its stack");
  });

  it("gets its input and gives its output byte for byte, however large", async () => {
    const bytes = new Uint8Array(3_000_001).map((_, i) => (i * 131) & 0xff);
    const { stdout, exitCode } = await shoal(["run", file("echoes.wasm")], { stdin: bytes });
    expect(exitCode).toBe(0);
    expect(Buffer.compare(Buffer.from(stdout), Buffer.from(bytes))).toBe(0);
  });

  it("is answered as it speaks, not when it ends", async () => {
    const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
    const child = spawn(process.execPath, [command, "run", file("echoes.wasm")]);
    const next = (): Promise<string> =>
      new Promise((resolve) =>
        child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())),
      );
    for (const word of ["one", "two", "three"]) {
      const answer = next();
      child.stdin.write(word);
      expect(await answer).toBe(word);
    }
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.stdin.end();
    expect(await ended).toBe(0);
  });

  it("that never ends is ended by ctrl-C", async () => {
    const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
    const child = spawn(process.execPath, [
      command,
      "run",
      "--trace",
      "calls",
      file("echoes.wasm"),
    ]);
    const ended = new Promise((resolve) =>
      child.on("close", (code, signal) => resolve(signal ?? code)),
    );
    // Its first call is on standard error once it runs.
    await new Promise((resolve) => child.stderr.once("data", resolve));
    child.kill("SIGINT");
    expect(["SIGINT", 130]).toContain(await ended);
  });

  it("that keeps its core is reported with what ending it takes along, and can be ended", async () => {
    const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
    const args = [command, "run", "--watch", "1", "--dir", directory, file("spins.wasm")];
    const child = spawn(process.execPath, args);
    const ended = new Promise((resolve) =>
      child.on("close", (code, signal) => resolve(signal ?? code)),
    );
    const report = await new Promise<string>((resolve) =>
      child.stderr.once("data", (chunk: Buffer) => resolve(chunk.toString())),
    );
    expect(report).toContain("has kept core 0 to itself for 1 s");
    expect(report).toContain(`files ${directory}`);
    child.kill("SIGINT");
    expect(await ended).toBe("SIGINT");
  });

  it("cannot have more memory than it was allowed", async () => {
    expect((await shoal(["run", file("grows.wasm")])).exitCode).toBe(0);
    expect((await shoal(["run", "--memory-max", "512k", file("grows.wasm")])).exitCode).toBe(1);
  });

  it("is shown call by call when traced", async () => {
    const { stderr } = await shoal(["run", "--trace", "calls", file("echoes.wasm")], {
      stdin: "hello",
    });
    expect(text(stderr)).toMatch(/fd_write\(fd=1.*\) = 0 .*"hello"/);
    expect(text(stderr)).toMatch(/fd_read\(fd=0/);
  });
});
