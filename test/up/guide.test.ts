// The guide's transcripts are what happens: every command of them is run, in order, and what it prints is compared
// with what is written there, but for numbers and the widths of columns.
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Block, blocksOf, play, shoalBlock, writtenIn } from "../../tools/demo/transcript.ts";
import { compileHostedC } from "../sdk/compile.ts";
import { SystemRig } from "./rig.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

let rig: SystemRig;
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

/** The text blocks of the tutorial that begin with a command. */
function transcript(): Block[] {
  const page = readFileSync(join(root, "docs/guide/background-system.md"), "utf8");
  const tutorial = page.slice(page.indexOf("## Try it"), page.indexOf("## The commands"));
  return blocksOf(tutorial).filter(({ kind }) => kind === "text");
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

it("the transcripts of the guide to the background system happen as they are written", async () => {
  const directory = rig.bench.directory;
  // A user's own home, in which the rig looks for what to end.
  mkdirSync(join(directory, ".local", "share"), { recursive: true });
  rig.dataDirectory = join(directory, ".local", "share");
  for (const name of ["kv-server", "kv-client"]) {
    copyFileSync(await compileHostedC(`examples/c/${name}.c`), join(directory, `${name}.wasm`));
  }
  const blocks = transcript();
  const written = writtenIn(blocks);
  expect(written.match(/^\$ /gm)!.length).toBeGreaterThan(10);
  const env = { PATH: process.env["PATH"], HOME: directory };
  const played = await play([shoalBlock(join(root, "bin/shoal.js")), ...blocks], {
    directory,
    env,
  });
  expect(plain(played)).toEqual(plain(written));
});
