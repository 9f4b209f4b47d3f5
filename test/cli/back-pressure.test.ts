// Output that nobody takes: the program that writes waits, the core and the other programs do not, and
// every byte is there in the end.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assembleWat } from "../support/wat.ts";
import { pipelinePrograms } from "./pipeline-programs.ts";

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
const megabyte = 1024 * 1024;
const ticks = "tick\n".repeat(20);

let directory = "";
let args: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-full-"));
  const file = (name: string): string => join(directory, `${name}.wasm`);
  for (const [name, wat] of Object.entries(pipelinePrograms)) {
    writeFileSync(file(name), await assembleWat(wat));
  }
  args = [command, "run", file("ticks"), "::", file("megabyte")];
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Resolves when a stream has given so many bytes. */
function gave(stream: Readable, bytes: number): Promise<string> {
  return new Promise((resolve) => {
    let all = "";
    stream.on("data", (chunk: Buffer) => {
      all += chunk.toString();
      if (all.length >= bytes) resolve(all);
    });
  });
}

/** The streams of a child whose input is ignored and whose fourth tells the reader to begin. */
function streamsOf({ stdio }: ChildProcess): {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly begin: Writable;
} {
  // Three pipes were asked for, the last of which is written here.
  return {
    stdout: stdio[1] as Readable,
    stderr: stdio[2] as Readable,
    begin: stdio[3] as Writable,
  };
}

describe("a standard output that is full", () => {
  it("does not stop the other programs, as a socket", async () => {
    const child = spawn(process.execPath, args);
    const ended = new Promise((resolve) => child.on("close", resolve));
    expect(await gave(child.stderr, ticks.length)).toBe(ticks);
    expect((await buffer(child.stdout)).length).toBe(megabyte);
    expect(await ended).toBe(0);
  });

  it("does not stop the other programs, as a pipe of the host", async () => {
    // The reader of the pipe reads nothing until it is told to.
    const line = `"$0" "$@" | { read _ <&3; wc -c; }`;
    const child = spawn("sh", ["-c", line, process.execPath, ...args], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const { stdout, stderr, begin } = streamsOf(child);
    expect(await gave(stderr, ticks.length)).toBe(ticks);
    begin.end("begin\n");
    expect(Number(await text(stdout))).toBe(megabyte);
  });

  it("keeps standard output and error in order where both are the same pipe", async () => {
    const line = `"$0" "$@" 2>&1 | { read _ <&3; cat; }`;
    const both = [command, "run", join(directory, "alternates.wasm")];
    const child = spawn("sh", ["-c", line, process.execPath, ...both], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const { stdout, begin } = streamsOf(child);
    const all = buffer(stdout);
    begin.end("begin\n");
    const bytes = await all;
    // Each round is 4095 bytes "o" to the one and one byte "e" to the other.
    const round = `${"o".repeat(4095)}e`;
    expect(bytes.length).toBe(100 * round.length);
    expect(bytes.toString()).toBe(round.repeat(100));
  });
});
