// The launcher bin/shoal.js, in a package of its own whose command only says what it was given: on
// Node 26, and on whatever older Node the host has, for which alone the launcher exists.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "shoal-launcher-"));
const launcher = join(directory, "bin/shoal.js");

const command = `
const [what, code] = process.argv.slice(2);
if (what === "exit") process.exit(Number(code));
if (what === "echo") process.stdin.pipe(process.stdout);
if (what === "die") process.kill(process.pid, "SIGKILL");
if (what === "wait") {
  process.on("SIGTERM", () => process.exit(7));
  console.log(process.versions.node);
  setInterval(() => {}, 1000);
}
`;

/** The newest Node on the path that is too old to run the command itself, if the host has one. */
function findOlderNode(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .map((folder) => join(folder, "node"))
    .find((node) => {
      const { status, stdout } = spawnSync(node, ["-p", "process.versions.node"]);
      return status === 0 && Number.parseInt(String(stdout), 10) < 26;
    });
}

beforeAll(() => {
  mkdirSync(dirname(launcher), { recursive: true });
  mkdirSync(join(directory, "src/cli"), { recursive: true });
  cpSync(join(root, "bin"), dirname(launcher), { recursive: true });
  writeFileSync(join(directory, "src/cli/main.ts"), command);
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function launcherTests(node: string): void {
  it("passes arguments in and the exit code out", () => {
    expect(spawnSync(node, [launcher, "exit", "3"]).status).toBe(3);
    expect(spawnSync(node, [launcher, "exit", "0"]).status).toBe(0);
  });

  it("leaves binary input and output as they are", () => {
    const input = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 256));
    const { stdout, stderr } = spawnSync(node, [launcher, "echo"], { input });
    expect(stdout.equals(input)).toBe(true);
    expect(String(stderr)).toBe("");
  });

  it("dies of the signal that the command died of", () => {
    expect(spawnSync(node, [launcher, "die"]).signal).toBe("SIGKILL");
  });

  it("runs the command on Node 26 and hands it a signal to handle", async () => {
    const child = spawn(node, [launcher, "wait"], { stdio: ["ignore", "pipe", "inherit"] });
    const [version] = await once(child.stdout, "data");
    expect(Number.parseInt(String(version), 10)).toBeGreaterThanOrEqual(26);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([7, null]);
  });
}

describe("the launcher on Node 26", () => launcherTests(process.execPath));

const olderNode = findOlderNode();

describe.skipIf(olderNode === undefined)("the launcher on an older Node", () => {
  const node = olderNode ?? "";

  launcherTests(node);

  it("says in one sentence what to install when no Node 26 came along", () => {
    const bare = join(directory, "bare");
    mkdirSync(join(bare, "bin"), { recursive: true });
    cpSync(dirname(launcher), join(bare, "bin"), { recursive: true });
    rmSync(join(directory, "node_modules"));
    try {
      const { status, stderr } = spawnSync(node, [join(bare, "bin/shoal.js")]);
      expect(status).toBe(1);
      expect(String(stderr)).toMatch(
        /^shoal needs Node 26 and this is Node [\d.]+: install Node 26/,
      );
      expect(String(stderr).trimEnd().split("\n")).toHaveLength(1);
    } finally {
      symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
    }
  });
});
