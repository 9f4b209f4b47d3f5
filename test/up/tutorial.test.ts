// The tutorial happens as it is written: every command of it is run, in order, and what it prints is compared with
// the page, but for numbers that are not the same twice.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { blocksOf, play, shoalBlock, writtenIn } from "../../tools/demo/transcript.ts";
import { SystemRig } from "./rig.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

let rig: SystemRig;
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

/** Numbers vary that are no answers: of processes, records, times and sizes; and widths of columns with them. */
function plain(text: string): string[] {
  const isAnswer = (line: string): boolean => /^(\d|\[.*\])$/.test(line);
  return text
    .trimEnd()
    .split("\n")
    .map((line) =>
      isAnswer(line)
        ? line
        : line
            .replaceAll(/\d+(\.\d+)?/g, "N")
            .replaceAll(/ +/g, " ")
            .replace("starting", "running")
            .trimEnd(),
    );
}

it("the tutorial happens as it is written", async () => {
  const { directory } = rig.bench;
  mkdirSync(join(directory, ".local", "share"), { recursive: true });
  rig.dataDirectory = join(directory, ".local", "share");
  const page = readFileSync(join(root, "docs/guide/tutorial.md"), "utf8");
  // The first block is of the user's own shell.
  const [, ...blocks] = blocksOf(page);
  const written = writtenIn(blocks);
  expect(written.match(/^\$ /gm)!.length).toBeGreaterThan(20);
  const played = await play([shoalBlock(join(root, "bin/shoal.js")), ...blocks], {
    directory,
    env: { PATH: process.env["PATH"], HOME: directory },
  });
  expect(plain(played)).toEqual(plain(written));
});
