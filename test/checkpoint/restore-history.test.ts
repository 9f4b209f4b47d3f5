// A server whose log is never cut: it has images, and still it is upgraded by a rehearsal of all that it ever
// heard, and put back to its first record.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { Bench, until } from "../session/command.ts";

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
const requestCount = 1500;

let bench: Bench;
beforeEach(() => void (bench = new Bench()));
afterEach(() => bench.close());

/** The same program as another file: with a custom section more, of a short name. */
function withSection(code: Uint8Array, name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  return Uint8Array.of(...code, 0, bytes.length + 1, bytes.length, ...bytes);
}

async function said(...args: readonly string[]): Promise<string> {
  const running = bench.start(...args);
  await running.ended;
  return running.stdout + running.stderr;
}

it("a server with --keep-history is upgraded and put back after images of it were made", async () => {
  const [server, client] = [
    await compileHostedC("examples/c/kv-server.c"),
    await compileHostedC("examples/c/kv-client.c"),
  ];
  const modules = mkdtempSync(join(tmpdir(), "shoal-modules-"));
  const other = join(modules, "kv-server.wasm");
  writeFileSync(other, withSection(readFileSync(server), "of another build"));
  await bench.serve("kv", "--durable", "--log-max", "64k", "--keep-history", server);
  const input = Array.from({ length: requestCount }, (_, i) => `put number ${i}\n`).join("");
  const env = { ...process.env, XDG_RUNTIME_DIR: bench.directory };
  const words = [command, "run", "--connect", "kv", client];
  expect(spawnSync(process.execPath, words, { input, env }).status).toBe(0);
  const images = join(bench.directory, "data/shoal/kv/images");
  await until("images are made", () => readdirSync(images).some((name) => /\.image/.test(name)));

  expect(await said("upgrade", "kv", other)).toContain(`did the same in all ${requestCount}`);
  expect(await bench.call("kv", client, "get", "number")).toEqual([`${requestCount - 1}`]);
  expect(await said("log", "verify", "kv")).toContain("from the start of the program on");

  const old = bench.start("restore", "kv", "--as", "old", "--until", "1");
  await until("old serves", () => old.isOver || existsSync(bench.socket("old")));
  expect(await bench.call("old", client, "get", "number")).toEqual(["0"]);
  rmSync(modules, { recursive: true });
});
