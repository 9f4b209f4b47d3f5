// Several processes and the host change one granted tree at once, at random, while all of them resolve
// paths in it: whatever the timing, nothing outside is read, listed, looked at, changed or removed. Some
// walk name by name through node:fs, some in one step through the C library.
//
// The timing is the machine's own, so a seed does not repeat a run; it repeats what was tried. Seeds that
// ever found something stay in the list.
import { spawn } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasDirectoryPaths } from "../../src/server/node/index.ts";
import { Errno } from "../../src/userlib/index.ts";
import type { GuestJob, GuestReport } from "./escape-fuzz-guest.ts";

const seeds = [20261121, 20261122, 20261123];
const steps = 4000;

function start(script: string, args: readonly string[]) {
  const path = join(import.meta.dirname, script);
  const child = spawn(process.execPath, [path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  // Read from the start, so that nobody waits for room in the pipe.
  return { child, output: text(child.stdout) };
}

describe.runIf(hasDirectoryPaths())("a granted tree that everybody changes at once", () => {
  let base: string;
  let granted: string;
  let outside: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "shoal-fuzz-"));
    [granted, outside] = [join(base, "granted"), join(base, "outside")];
    for (const name of ["a/b/c", "b/c/a", "c/a/b"])
      mkdirSync(join(granted, name), { recursive: true });
    mkdirSync(join(outside, "b"), { recursive: true });
    for (const name of ["secret", "b/secret", "only-outside", "a"]) {
      writeFileSync(join(outside, name), `secret of ${name}`);
    }
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  /** Names, contents, inodes and times of all that lies outside. */
  function outsideNow(): Record<string, string> {
    const names = [".", "b", ...readdirSync(outside, { recursive: true, encoding: "utf8" })];
    return Object.fromEntries(
      names.map((name) => {
        const path = join(outside, name);
        const stat = lstatSync(path, { bigint: true });
        const content = stat.isFile() ? readFileSync(path, "utf8") : "";
        return [name, `${stat.ino} ${stat.nlink} ${stat.mtimeNs} ${stat.ctimeNs} ${content}`];
      }),
    );
  }

  function inodesOutside(): string[] {
    const all = Object.values(outsideNow()).map((line) => line.split(" ")[0]);
    return [...all, ...[base, tmpdir(), "/"].map((path) => String(lstatSync(path).ino))];
  }

  it.each(seeds)("keeps all of them inside, seed %i", async (seed) => {
    const before = outsideNow();
    const host = start("escape-fuzz-host.ts", [granted, outside, String(seed)]);
    const common = { granted, steps, outside: inodesOutside() };
    const jobs: readonly GuestJob[] = [
      { ...common, seed, callsUntilFast: 0 },
      { ...common, seed: seed + 1000, callsUntilFast: 1_000_000_000 },
      { ...common, seed: seed + 2000, callsUntilFast: 300 },
    ];
    const guests = jobs.map((job) => start("escape-fuzz-guest.ts", [JSON.stringify(job)]));
    // Printed by the scripts above and by nothing else.
    const reports = await Promise.all(
      guests.map(async ({ output }) => JSON.parse(await output) as GuestReport),
    );
    host.child.stdin.end();
    const { count } = JSON.parse(await host.output) as { count: number };
    for (const { escapes, answers } of reports) {
      expect(escapes).toEqual([]);
      // The run meant something: calls succeeded, and calls were led out and refused.
      expect(answers["0"]).toBeGreaterThan(steps / 50);
      expect(answers[String(-Errno.notcapable)]).toBeGreaterThan(steps / 50);
    }
    expect(count).toBeGreaterThan(1000);
    expect(outsideNow()).toEqual(before);
  });
});
