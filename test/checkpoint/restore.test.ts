// shoal restore: a durable server that was ended goes on with what it was told, and another is made of what
// it had been told at an earlier moment.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ownerOf } from "../../src/boot/index.ts";
import { compileHostedC } from "../sdk/compile.ts";
import { Bench, type Running, until } from "../session/command.ts";

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));

let bench: Bench;
let kvServer = "";
let kvClient = "";

beforeAll(async () => {
  kvServer = await compileHostedC("examples/c/kv-server.c");
  kvClient = await compileHostedC("examples/c/kv-client.c");
});

beforeEach(() => void (bench = new Bench()));
afterEach(() => bench.close());

const put = (name: string, value: number): Promise<string[]> =>
  bench.call(name, kvClient, "put", "number", `${value}`);
const get = (name: string): Promise<string[]> => bench.call(name, kvClient, "get", "number");

async function end(server: Running): Promise<void> {
  server.child.kill("SIGTERM");
  await server.ended;
}

/** Starts a server by restore, and waits until clients can come: a socket may be that of its former life. */
async function restore(served: string, ...args: readonly string[]): Promise<Running> {
  const server = bench.start("restore", ...args);
  const socket = bench.socket(served);
  await until(
    `${served} serves`,
    () =>
      server.isOver || (existsSync(socket) && ownerOf(dirname(socket))?.pid === server.child.pid),
  );
  expect(server.stderr).not.toContain("cannot");
  return server;
}

/** Makes so many requests, by one client that takes them from its input. */
function fill(name: string, count: number): void {
  const input = Array.from({ length: count }, (_, i) => `put number ${i}\n`).join("");
  const env = { ...process.env, XDG_RUNTIME_DIR: bench.directory };
  const words = [command, "run", "--connect", name, kvClient];
  expect(spawnSync(process.execPath, words, { input, env }).status).toBe(0);
}

/** The whole line, and the first and the last record of a log. */
async function recordsOf(name: string): Promise<RegExpExecArray> {
  const verified = bench.start("log", "verify", name);
  await verified.ended;
  return /numbers (\d+) to (\d+)/.exec(verified.stdout)!;
}

async function refusal(...args: readonly string[]): Promise<readonly [number | string, string]> {
  const running = bench.start("restore", ...args);
  return [await running.ended, running.stderr];
}

describe("a server that is restored", () => {
  it("goes on with what it was told, as it was first run", async () => {
    const first = await bench.serve(
      "kv",
      "--durable",
      "--env",
      "A=b",
      "--memory-max",
      "8m",
      kvServer,
    );
    await put("kv", 1);
    await end(first);
    const again = await restore("kv", "kv");
    expect(await get("kv")).toEqual(["1"]);
    await end(again);
  });

  it("goes back to before a record under another name, and the first one keeps what it has", async () => {
    await bench.serve("kv", "--durable", kvServer);
    await put("kv", 1);
    await put("kv", 2);
    await restore("old", "kv", "--as", "old", "--until", "1");
    expect(await get("old")).toEqual(["1"]);
    await put("old", 3);
    expect(await get("old")).toEqual(["3"]);
    expect(await get("kv")).toEqual(["2"]);
  });

  it("goes back to a record behind an image", async () => {
    await bench.serve("kv", "--durable", "--log-max", "64k", kvServer);
    fill("kv", 1500);
    await put("kv", 1);
    await put("kv", 2);
    const [, first, last] = await recordsOf("kv");
    expect(Number(first)).toBeGreaterThan(0);
    await restore("old", "kv", "--as", "old", "--until", last!);
    expect(await get("old")).toEqual(["1"]);
    const early = await refusal("kv", "--as", "older", "--until", "1");
    expect(early).toMatchObject([126, expect.stringContaining("is only in its images")]);
  });

  it("is refused with the reason where that cannot be", async () => {
    await bench.serve("kv", "--durable", kvServer);
    await put("kv", 1);
    expect(await refusal("kv")).toMatchObject([2, expect.stringContaining("kv runs already")]);
    expect(await refusal("other")).toMatchObject([
      127,
      expect.stringContaining("no durable server"),
    ]);
    expect(await refusal("kv", "--until", "1")).toMatchObject([2, expect.stringContaining("--as")]);
    const beyond = await refusal("kv", "--as", "old", "--until", "99");
    expect(beyond).toMatchObject([126, expect.stringContaining("the records 0 to 0")]);
    expect(existsSync(join(bench.directory, "data/shoal/old"))).toBe(false);
    expect(await refusal("kv", "--as", "kv")).toMatchObject([
      2,
      expect.stringContaining("already"),
    ]);
  });
});
