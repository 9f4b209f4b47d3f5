// The console device of Node: a process of its own copies its input to its output through it.
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Errno } from "../../src/userlib/index.ts";

const child = fileURLToPath(new URL("node-console-child.ts", import.meta.url));
const everyByte = Buffer.from(Uint8Array.from({ length: 1_000_003 }, (_, i) => (i * 31) >> 3));

describe("the standard streams of a process", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "shoal-console-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("carry a megabyte of any bytes through pipes, to a reader that is slow to begin", async () => {
    const running = spawn(process.execPath, [child]);
    const ended = new Promise((resolve) => running.on("close", resolve));
    running.stdin.end(everyByte);
    // Nobody reads until the child has filled its pipe and told nothing yet.
    running.stdout.pause();
    await new Promise((resolve) => running.stdout.once("readable", resolve));
    const [output, said] = await Promise.all([buffer(running.stdout), text(running.stderr)]);
    expect(await ended).toBe(0);
    expect(output.equals(everyByte)).toBe(true);
    expect(said).toBe(`pipe ${everyByte.length}`);
  });

  it("carry files", async () => {
    const [input, output] = [join(directory, "in"), join(directory, "out")];
    writeFileSync(input, everyByte);
    const fds = [openSync(input, "r"), openSync(output, "w")];
    const running = spawn(process.execPath, [child], { stdio: [fds[0], fds[1], "pipe"] });
    const said = text(running.stderr ?? Readable.from([]));
    expect(await new Promise((resolve) => running.on("close", resolve))).toBe(0);
    for (const fd of fds) closeSync(fd);
    expect(readFileSync(output).equals(everyByte)).toBe(true);
    expect(await said).toBe(`file ${everyByte.length}`);
  });

  it("end at once when there is nothing to read", async () => {
    const running = spawn(process.execPath, [child], { stdio: ["ignore", "pipe", "pipe"] });
    expect(await text(running.stderr)).toBe("character 0");
  });

  it("say EPIPE when nobody is left to read", async () => {
    const running = spawn(process.execPath, [child]);
    running.stdout.destroy();
    running.stdin.on("error", () => undefined);
    running.stdin.end(everyByte);
    expect(await text(running.stderr)).toBe(`errno ${Errno.pipe}`);
  });
});
