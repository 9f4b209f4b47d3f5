// A server whose disk is full: it stops with a word about it, what it has answered is kept, and with some room
// again it goes on from there.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { Bench, type Running } from "./command.ts";

function mount(directory: string): boolean {
  mkdirSync(directory);
  const options = ["-t", "tmpfs", "-o", "size=6m", "tmpfs", directory];
  return spawnSync("mount", options).status === 0;
}

/** Lazily: what is laid over memory stays until its process is gone. */
function unmount(directory: string): void {
  spawnSync("umount", ["-l", directory]);
}

function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "shoal-mount-"));
  const isMounted = mount(join(directory, "disk"));
  if (isMounted) unmount(join(directory, "disk"));
  rmSync(directory, { recursive: true });
  return isMounted;
}

let bench: Bench;
let disk: string;

beforeEach(() => {
  bench = new Bench();
  disk = join(bench.directory, "disk");
});

afterEach(async () => {
  unmount(disk);
  await bench.close();
});

/** Takes what room is left. */
function fill(path: string): void {
  const block = new Uint8Array(4096);
  try {
    for (;;) writeFileSync(path, block, { flag: "a" });
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  }
}

// Where nobody may mount a file system there is none that can be filled.
it.skipIf(!canMount()).each(["host", "disk"])("at level %s", async (level) => {
  expect(mount(disk)).toBe(true);
  const server = join(bench.directory, "ledger.wasm");
  writeFileSync(server, await compileC("examples/c/ledger-server.c"));
  const quick = ["--restart-limit", "1"];
  const client = await compileHostedC("examples/c/ledger-client.c");
  const serve = (): Promise<Running> =>
    bench.serve("ledger", `--durable=${level}`, "--data", join(disk, "data"), ...quick, server);
  const first = await serve();
  fill(join(disk, "other"));

  const working = bench.start("run", "--connect", "ledger", client, "work", "100000");
  expect(await working.ended).toBe(3);
  const told = working.lines.filter((line) => line.startsWith("transfer: ok ")).length;
  expect(told).toBeGreaterThan(1000);
  expect(working.stderr).toMatch(/^shoal: ledger: .*\nno answer: status 9\n$/);
  expect(await first.ended).toBe(134);
  expect(first.stderr).toContain(
    "its message log takes no more: there is no room where it is kept",
  );
  expect(first.stderr).toMatch(/no room to take it over; .* Free as much as the log has/);

  rmSync(join(disk, "other"));
  await serve();
  const [audit] = await bench.call("ledger", client, "audit");
  const made = Number(/2000 in all, (\d+) transfers/.exec(audit!)?.[1]);
  // What was asked last, and not answered, is in the log or not.
  expect([told, told + 1]).toContain(made);
});
