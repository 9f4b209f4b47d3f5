// The cache of machine code beside the launcher: it is used, it is renewed, and whatever is done to it, the
// command does what its source says.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const stamp = "ab".repeat(32);

let directory: string;
let cache: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shoal-compiled-"));
  cache = join(directory, "cache");
  mkdirSync(join(directory, "dist"));
  cpSync(join(root, "bin"), join(directory, "bin"), { recursive: true });
  writeBundle("one");
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Three letters each, for V8 knows a source by its length. */
function writeBundle(word: "one" | "two", head = `// ${stamp}\n`): void {
  const text = `${head}const code = Number(process.argv[4]) || 0;
function tell(word) { process.stdout.write(word); }
tell("${word}");
process.exitCode = code;`;
  writeFileSync(join(directory, "dist/cli.cjs"), text);
}

function shoal(...words: string[]): { readonly said: string; readonly code: number | null } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(directory, "bin/shoal.js"), ...words],
    { encoding: "utf8", env: { ...process.env, SHOAL_CACHE: cache } },
  );
  return { said: stdout + stderr, code: status };
}

function kept(): string[] {
  try {
    return readdirSync(join(cache, "command")).map((name) => join(cache, "command", name));
  } catch {
    return [];
  }
}

it("is written when a run has ended well, and used from then on", () => {
  expect(shoal("run", "x")).toEqual({ said: "one", code: 0 });
  expect(kept()).toHaveLength(1);
  // Of the same length and with the same stamp, which no build makes: so what runs is what was kept.
  writeBundle("two");
  expect(shoal("run", "x").said).toBe("one");
});

it("is of one build: another one is compiled and kept beside it", () => {
  shoal("run", "x");
  writeBundle("two", `// ${"cd".repeat(32)}\n`);
  expect(shoal("run", "x").said).toBe("two");
  expect(kept()).toHaveLength(2);
});

it.each([
  ["after a failure", ["run", "x", "1"]],
  ["after help", ["run", "--help"]],
  ["of a supervisor, which runs no program itself", ["run", "--durable=disk", "x"]],
  ["of other commands", ["fork", "x"]],
])("is not written %s", (_, words) => {
  expect(shoal(...words).said).toBe("one");
  expect(kept()).toEqual([]);
});

it("is not written for a bundle without a stamp", () => {
  writeBundle("one", "");
  expect(shoal("run", "x").said).toBe("one");
  expect(kept()).toEqual([]);
});

function flipped(data: Buffer, at: number): Buffer {
  const changed = Buffer.from(data);
  changed[at] = changed[at]! ^ 0x5a;
  return changed;
}

const damages: readonly (readonly [string, (data: Buffer) => Buffer])[] = [
  ["empty", () => Buffer.alloc(0)],
  ["of zeros", (data) => Buffer.alloc(data.length)],
  ["of something else", () => Buffer.from("garbagegarbage")],
  ["cut in half", (data) => data.subarray(0, data.length / 2)],
  ["cut at the end", (data) => data.subarray(0, -8)],
  ...[0.01, 0.1, 0.3, 0.45, 0.6, 0.9].map(
    (share) =>
      [
        `damaged at ${share} of its length`,
        (data: Buffer) => flipped(data, Math.floor(data.length * share)),
      ] as const,
  ),
];

it.each(damages)("is not believed, and replaced, when it is %s", (_, damage) => {
  shoal("run", "x");
  const [file] = kept();
  const sound = readFileSync(file!);
  writeFileSync(file!, damage(sound));
  writeBundle("two");
  expect(shoal("run", "x")).toEqual({ said: "two", code: 0 });
  expect(readFileSync(file!).length).toBe(sound.length);
  writeBundle("one");
  expect(shoal("run", "x").said).toBe("two");
});

it("loads a bundle once, also when its other files require it", () => {
  const bundle = `// ${stamp}\nexports.word = "one"; process.stdout.write("loaded "); require("./other.cjs").tell();`;
  const other = `const { word } = require("./cli.cjs"); exports.tell = () => process.stdout.write(word);`;
  writeFileSync(join(directory, "dist/cli.cjs"), bundle);
  writeFileSync(join(directory, "dist/other.cjs"), other);
  expect(shoal("run", "x").said).toBe("loaded one");
  expect(shoal("run", "x").said).toBe("loaded one");
});

it("is left away where it cannot be written", () => {
  writeFileSync(cache, "a file, where a directory should be");
  expect(shoal("run", "x")).toEqual({ said: "one", code: 0 });
});

it("keeps eight files, those used last", () => {
  for (let i = 0; i < 10; i++) {
    writeBundle("one", `// ${String(i).repeat(64)}\n`);
    shoal("run", "x");
  }
  expect(kept()).toHaveLength(8);
});
