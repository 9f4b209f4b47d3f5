// A command line to compare: a program, its arguments and standard input, in a directory that holds the
// same few files each time. Its answer is everything that somebody at a terminal could tell apart: both
// outputs, the exit code, and what the directory holds afterwards.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunResult } from "../../tools/programs/case.ts";
import type { ProgramName } from "../../tools/programs/index.ts";

/** A real program, or the one of this folder that makes calls on files. */
export type Subject = ProgramName | "calls";

export interface CommandLine {
  readonly subject: Subject;
  readonly args: readonly string[];
  readonly stdin?: string;
}

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What changed in the directory: a line for each file that was made or is not as it was. */
  readonly changes: readonly string[];
}

const files: Readonly<Record<string, string>> = {
  "a.txt": "alpha\nbeta\ngamma\n",
  "b.txt": "one 1\ntwo 2\nthree 3\n\nlast without newline",
  "data.json": '{"name":"shoal","tags":["a","b"],"size":3,"deep":{"x":[1,2,{"y":null}]}}\n',
  "list.json": '[3,1,2,{"k":"v"},"text",null,true]\n',
  "data.csv": "id,name,kg\n1,cod,2.5\n2,eel,0.7\n3,cod,1.1\n",
  "doc.md": "# Title\n\nSome *text* with `code` and a [link](http://x.y).\n\n- one\n- two\n",
  empty: "",
  "dir/inner.txt": "inner\n",
};

/** One name for a command line, in a record and in a test's title. */
export function titleOf({ subject, args, stdin }: CommandLine): string {
  const words = args.map((word) => (/^[\w./=:@%+,-]+$/.test(word) ? word : `'${word}'`));
  const input = stdin === undefined ? "" : ` <<< ${JSON.stringify(stdin)}`;
  return `${subject} ${words.join(" ")}${input}`;
}

/** Runs a command line somewhere, in a directory of its own, and answers what it did. */
export async function answerOf(
  line: CommandLine,
  run: (directory: string, stdinPath: string | undefined) => Promise<RunResult>,
): Promise<Answer> {
  const base = await mkdtemp(join(tmpdir(), "shoal-line-"));
  try {
    const directory = join(base, "root");
    await mkdir(join(directory, "dir"), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const stdinPath = line.stdin === undefined ? undefined : join(base, "stdin");
    if (stdinPath !== undefined) await writeFile(stdinPath, line.stdin ?? "");
    const before = contentOf(directory);
    const { stdout, stderr, exitCode } = await run(directory, stdinPath);
    const after = contentOf(directory);
    return {
      exitCode,
      stdout: textOf(stdout),
      stderr: textOf(stderr),
      changes: changes(before, after),
    };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

const textBytesMax = 600;

/** Short text as it is, and a digest of anything else. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  if (bytes.length <= textBytesMax && Buffer.from(text).equals(bytes)) return text;
  return `${bytes.length} bytes, SHA-256 ${digest(bytes)}`;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 24);
}

/** What is at each path below a directory. */
function contentOf(directory: string, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      found.set(`${prefix}${name}/`, "a directory");
      for (const [inner, what] of contentOf(path, `${prefix}${name}/`)) found.set(inner, what);
    } else if (stat.isSymbolicLink()) {
      found.set(prefix + name, `a link to ${readlinkSync(path)}`);
    } else {
      found.set(prefix + name, textOf(readFileSync(path)));
    }
  }
  return found;
}

function changes(before: Map<string, string>, after: Map<string, string>): string[] {
  const lines: string[] = [];
  for (const [path, what] of after) if (before.get(path) !== what) lines.push(`${path}: ${what}`);
  for (const path of before.keys()) if (!after.has(path)) lines.push(`${path} is gone`);
  return lines.sort();
}
