// What the files benchmark has done: a database on a granted directory by SQLite, and many small files by
// a program of our own. Both spend their time in calls on files, and print what proves the work done.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { buildProgram } from "../../tools/programs/build.ts";
import { cacheDirectory, fingerprint, makeOnce } from "../../tools/programs/cache.ts";
import { commonFlags, compile, compilerVersion } from "../../tools/programs/compile.ts";
import type { RunSpec } from "../programs/run-spec.ts";

export interface FilesWorkload {
  /** Those that are long do the same as the others, so often that what comes before all is compiled counts little. */
  readonly name: "database" | "smallFiles" | "databaseLong" | "smallFilesLong";
  readonly size: number;
  /** Lays out an empty directory and says how to run the program on it. */
  prepare(directory: string): RunSpec;
}

/**
 * A small page cache, so that pages are read and written again; transactions, so that there is a
 * journal; no waiting for the disk, which is the same for every host and hides the rest.
 */
function databaseScript(rows: number): string {
  return `
PRAGMA synchronous = OFF;
PRAGMA cache_size = 40;
CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v TEXT);
CREATE INDEX t_k ON t (k);
${insertions(rows)}
SELECT count(*), sum(k), min(v), max(v) FROM t;
SELECT count(*), sum(length(v)) FROM t WHERE k BETWEEN 100 AND 9000;
UPDATE t SET v = v || ' again' WHERE id % 7 = 0;
DELETE FROM t WHERE id % 5 = 0;
SELECT count(*), sum(length(v)) FROM t;
VACUUM;
PRAGMA integrity_check;
`;
}

function insertions(rows: number): string {
  const perTransaction = 250;
  const parts = Array.from({ length: rows / perTransaction }, (_, i) => {
    const [from, to] = [i * perTransaction + 1, (i + 1) * perTransaction];
    return (
      `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to}) ` +
      "INSERT INTO t SELECT i, i * 7919 % 100003, 'value number ' || (i * 31 % 1009) FROM n;"
    );
  });
  return parts.join("\n");
}

export async function databaseWorkload(
  rows: number,
  log: (line: string) => void,
  name: "database" | "databaseLong" = "database",
): Promise<FilesWorkload> {
  const modulePath = await buildProgram("sqlite", log);
  const prepare = (directory: string): RunSpec => {
    const stdinPath = join(directory, "stdin");
    writeFileSync(stdinPath, databaseScript(rows));
    return { ...specOf(modulePath, ["sqlite3", "-batch", "/log.db"], directory), stdinPath };
  };
  return { name, size: rows, prepare };
}

export async function smallFilesWorkload(
  files: number,
  name: "smallFiles" | "smallFilesLong" = "smallFiles",
): Promise<FilesWorkload> {
  const modulePath = await smallFilesModule();
  const prepare = (directory: string): RunSpec =>
    specOf(modulePath, ["small-files", String(files)], directory);
  return { name, size: files, prepare };
}

/** Compiled once, and kept with the real programs. */
async function smallFilesModule(): Promise<string> {
  const source = join(import.meta.dirname, "small-files.c");
  const key = fingerprint([await readFile(source, "utf8"), commonFlags, compilerVersion()]);
  const entry = join(cacheDirectory(), `small-files-${key}`);
  const module = join(entry, "small-files.wasm");
  if (existsSync(module)) return module;
  await makeOnce(entry, (draft) =>
    compile(
      ["src/small-files.c"],
      commonFlags,
      { src: import.meta.dirname },
      join(draft, "small-files.wasm"),
    ),
  );
  return module;
}

function specOf(modulePath: string, args: readonly string[], directory: string): RunSpec {
  const granted = join(directory, "granted");
  mkdirSync(granted);
  return {
    modulePath,
    args,
    env: { HOME: "/nowhere" },
    directories: { "/": granted },
    stdoutPath: join(directory, "stdout"),
    stderrPath: join(directory, "stderr"),
  };
}
