// The guide's transcripts are what happens: every command of them is run, in order, and what it prints is compared
// with what is written there, but for numbers and the widths of columns.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { SystemRig } from "./rig.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

let rig: SystemRig;
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

/** The text blocks of the tutorial that begin with a command. */
function transcript(): string {
  const page = readFileSync(join(root, "docs/guide/background-system.md"), "utf8");
  const tutorial = page.slice(page.indexOf("## Try it"), page.indexOf("## The commands"));
  const blocks = [...tutorial.matchAll(/^```text\n(\$ .*?)^```$/gms)];
  return blocks.map(([, block]) => block!).join("");
}

/** Numbers and spaces vary, and a program that can just be called may still be called starting. */
function plain(text: string): string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/\d+(\.\d+)?/g, "N")
        .replaceAll(/ +/g, " ")
        .replace("starting", "running")
        .trimEnd(),
    );
}

/** The commands, each printed before it is run, as a shell would show them. */
async function play(commands: readonly string[], directory: string): Promise<string> {
  const quoted = commands.map((command) => `printf '$ %s\\n' ${quote(command)}\n${command}`);
  const shoal = `shoal() { ${quote(process.execPath)} ${quote(join(root, "bin/shoal.js"))} "$@"; }`;
  const script = join(directory, "script.sh");
  writeFileSync(script, [shoal, "exec 2>&1", ...quoted].join("\n"));
  const child = spawn("bash", [script], {
    cwd: directory,
    env: { PATH: process.env["PATH"], HOME: directory },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  return text;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

it("the transcripts of the guide to the background system happen as they are written", async () => {
  const directory = rig.bench.directory;
  // A user's own home, in which the rig looks for what to end.
  mkdirSync(join(directory, ".local", "share"), { recursive: true });
  rig.dataDirectory = join(directory, ".local", "share");
  for (const name of ["kv-server", "kv-client"]) {
    copyFileSync(await compileHostedC(`examples/c/${name}.c`), join(directory, `${name}.wasm`));
  }
  const written = transcript();
  const commands = [...written.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command!);
  expect(commands.length).toBeGreaterThan(10);
  expect(plain(await play(commands, directory))).toEqual(plain(written));
});
