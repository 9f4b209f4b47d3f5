// `node tools/demo/walk.ts [repository]`: a stranger's walk. Clones the repository into a directory of its own, sets it up
// with npm, and does all that the tutorial says, in order; prints every command with the time since the first, and what
// came of it. With `--write` the record becomes docs/guide/walk.md.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Block, blocksOf, play, shoalBlock } from "./transcript.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The record of a walk, whole. */
async function walk(repository: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-walk-"));
  const home = join(directory, "home");
  mkdirSync(home);
  // Whoever walks has a machine of their own: nothing that is kept here is found there.
  const env = {
    ...process.env,
    REPOSITORY: repository,
    npm_config_loglevel: "error",
    XDG_DATA_HOME: join(home, "data"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_RUNTIME_DIR: join(home, "run"),
  };
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  try {
    return await play(blocksFor(directory), {
      directory,
      env,
      isTimed: true,
      onText: (text) => process.stdout.write(text),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function blocksFor(directory: string): Block[] {
  const clone = join(directory, "shoal");
  const tutorial = readFileSync(join(root, "docs/guide/tutorial.md"), "utf8");
  // The first block is what a user's own shell needs to find the command.
  const [, ...blocks] = blocksOf(tutorial);
  const setUp = '$ git clone -q "$REPOSITORY" shoal\n$ cd shoal && npm ci --no-fund --no-audit\n';
  return [
    { kind: "text", text: setUp },
    shoalBlock(join(clone, "bin/shoal.js"), "node"),
    { kind: "text", text: "$ mkdir tour && cd tour\n" },
    ...blocks,
    { kind: "text", text: "$ node --version\n" },
  ];
}

function pageOf(record: string): string {
  const machine = `${platform()} ${arch()}, ${cpus().length} processors`;
  const date = new Date().toISOString().slice(0, 10);
  return `# A walk

A fresh clone, set up and led through [the tutorial](tutorial.md), on ${date} (${machine}). Made by
\`node tools/demo/walk.ts --write\`; nothing in it is edited. Times are since the beginning, minutes and seconds. The files
that the tutorial has you write are written between the commands.

\`\`\`text
${record.trimEnd().replaceAll(tmpdir(), "/tmp")}
\`\`\`
`;
}

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});
const record = await walk(resolve(positionals[0] ?? root));
if (values.write) writeFileSync(join(root, "docs/guide/walk.md"), pageOf(record));
