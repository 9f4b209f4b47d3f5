// Compares what a host answered for a case with what was recorded, byte for byte.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Case, caseId, type CaseResult, type Digest, type Expected } from "./case.ts";
import type { ProgramName } from "./recipes.ts";

const longestText = 1200;
const expectedDirectory = fileURLToPath(new URL("../../test/programs/expected", import.meta.url));

/** The recorded outputs of one program, by name of case. */
export function expectedFile(program: ProgramName): string {
  return join(expectedDirectory, `${program}.json`);
}

export function readExpected(program: ProgramName): Record<string, Expected> {
  const path = expectedFile(program);
  if (!existsSync(path)) return {};
  // Written by `record` alone, from values of this type.
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, Expected>;
}

/** Undefined when the result is what it must be, else a difference for a human to read. */
export function checkCase(item: Case, result: CaseResult): string | undefined {
  const expected = readExpected(item.program)[item.name];
  if (expected === undefined) {
    return (
      `${caseId(item)} has no recorded output; run ` +
      `\`node tools/programs/main.ts record ${item.program}\``
    );
  }
  const differences = compare(expected, summarize(item, result, expected.by));
  if (differences.length === 0) return undefined;
  return `${caseId(item)} differs from ${expected.by}:\n${differences.join("\n")}`;
}

/** A result in the form in which it is recorded. */
export function summarize(item: Case, result: CaseResult, by: string): Expected {
  const codes = result.runs.map((run) => run.exitCode);
  const allSame = codes.length > 4 && codes.every((code) => code === codes[0]);
  const outputs = item.outputs?.map((name) => [name, digestFile(join(result.directory, name))]);
  return {
    by,
    exitCodes: allSame ? [codes[0]] : codes,
    stdout: digest(Buffer.concat(result.runs.map((run) => run.stdout))),
    ...(item.compareStderr && {
      stderr: digest(Buffer.concat(result.runs.map((run) => run.stderr))),
    }),
    ...(outputs && { files: Object.fromEntries(outputs) }),
  };
}

function digestFile(path: string): Digest {
  return existsSync(path) ? digest(readFileSync(path)) : "(no such file)";
}

function digest(content: Buffer): Digest {
  const text = content.toString();
  // Text that does not survive being read as UTF-8 is recorded by its hash, or it would be lost.
  if (content.length <= longestText && Buffer.from(text).equals(content)) return text;
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { bytes: content.length, sha256 };
}

function compare(expected: Expected, actual: Expected): string[] {
  const found: string[] = [];
  const codes = [expected.exitCodes.join(" "), actual.exitCodes.join(" ")];
  if (codes[0] !== codes[1]) found.push(`exit code: expected ${codes[0]}, got ${codes[1]}`);
  const pairs: [string, Digest | undefined, Digest | undefined][] = [
    ["standard output", expected.stdout, actual.stdout],
    ["standard error", expected.stderr, actual.stderr],
  ];
  for (const name of Object.keys(expected.files ?? {})) {
    pairs.push([`file ${name}`, expected.files?.[name], actual.files?.[name]]);
  }
  for (const [what, wanted, got] of pairs) {
    if (JSON.stringify(wanted) !== JSON.stringify(got)) found.push(difference(what, wanted, got));
  }
  return found;
}

function difference(what: string, wanted: Digest | undefined, got: Digest | undefined): string {
  if (typeof wanted !== "string" || typeof got !== "string") {
    return `${what}: expected ${show(wanted)}, got ${show(got)}`;
  }
  const expectedLines = wanted.split("\n");
  const lines = got.split("\n");
  const at = expectedLines.findIndex((line, index) => line !== lines[index]);
  const line = at < 0 ? expectedLines.length : at;
  const [left, right] = [expectedLines[line], lines[line]].map((text) => JSON.stringify(text));
  return `${what}, line ${line + 1}: expected ${left ?? "the end"}, got ${right ?? "the end"}`;
}

function show(digest: Digest | undefined): string {
  if (digest === undefined) return "nothing";
  if (typeof digest === "string") return JSON.stringify(digest);
  return `${digest.bytes} bytes with SHA-256 ${digest.sha256.slice(0, 16)}`;
}
