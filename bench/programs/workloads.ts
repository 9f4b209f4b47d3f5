// What the programs are asked to do: work of a second or so each that spends its time in the
// program, not in starting it. Two of them need nothing but npm packages, and those are the quick
// ones.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildProgram } from "../../tools/programs/build.ts";
import { jsonInput, markdownInput, textInput } from "./inputs.ts";
import type { RunSpec } from "./run-spec.ts";

type Program = Parameters<typeof buildProgram>[0];

export interface Workload {
  readonly name: string;
  /** Writes the input into an empty directory and says how to run the program on it. */
  prepare(directory: string): Promise<RunSpec>;
}

export interface Recipe {
  readonly name: string;
  readonly program: Program;
  readonly args: readonly string[];
  readonly stdin?: () => string;
  /** Files of the directory that the program sees as "/". */
  readonly files?: Readonly<Record<string, string>>;
}

const pythonScript = `
import hashlib, json
records = [{"id": i, "square": i * i, "text": "record %d" % i} for i in range(ROUNDS)]
text = json.dumps(records)
total = sum(r["square"] for r in json.loads(text))
words = {}
for r in records:
    words[r["text"][-2:]] = words.get(r["text"][-2:], 0) + 1
print(len(text), total, len(words), hashlib.sha256(text.encode()).hexdigest())
`;

const luaFibonacci = `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(35))
`;

const luaStrings = `
local parts, counts = {}, {}
for i = 1, 800000 do parts[#parts + 1] = ("item %d"):format(i * 7919 % 100003) end
table.sort(parts)
for word in table.concat(parts, " "):gmatch("%d+") do
  local key = word:sub(-2)
  counts[key] = (counts[key] or 0) + 1
end
print(#parts, parts[1], parts[#parts], counts["03"], counts["77"])
`;

// Sorting goes to memory: the program is granted no directory for temporary files.
const sqlScript = `
PRAGMA temp_store = MEMORY;
CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
INSERT INTO t SELECT i, i * 7919 % 100003, 'value ' || (i % 1000) FROM n;
COMMIT;
CREATE INDEX t_k ON t (k);
SELECT count(*), sum(k), min(v), max(v) FROM t;
SELECT v, count(*) AS c, sum(k) FROM t GROUP BY v ORDER BY c DESC, v LIMIT 5;
SELECT count(*) FROM t a JOIN t b ON a.k = b.k + 1;
`;

const awkScript = `
{ for (i = 1; i <= NF; i++) count[$i]++ }
END { for (w in count) if (count[w] > best) { best = count[w]; word = w } print NR, word, best }
`;

const jqFilter = "map(select(.nested.even) | .score) | {n: length, sum: add, top: max}";

const quickRecipes: readonly Recipe[] = [
  { name: "python-json", program: "python", args: ["-c", pythonScript.replace("ROUNDS", "500")] },
  { name: "compute", program: "compute", args: ["1"] },
];

const fullRecipes: readonly Recipe[] = [
  {
    name: "python-json",
    program: "python",
    args: ["-c", pythonScript.replace("ROUNDS", "150000")],
  },
  { name: "compute", program: "compute", args: ["3000"] },
  {
    name: "lua-fib",
    program: "lua",
    args: ["/fib.lua"],
    files: { "fib.lua": luaFibonacci },
  },
  {
    name: "lua-strings",
    program: "lua",
    args: ["/strings.lua"],
    files: { "strings.lua": luaStrings },
  },
  { name: "sqlite-load", program: "sqlite", args: [":memory:"], stdin: () => sqlScript },
  { name: "jq-select", program: "jq", args: ["-c", jqFilter], stdin: () => jsonInput(180_000) },
  { name: "bzip2", program: "bzip2", args: ["-c"], stdin: () => textInput(16_000_000) },
  { name: "minigzip", program: "minigzip", args: [], stdin: () => textInput(15_000_000) },
  { name: "awk-words", program: "awk", args: [awkScript], stdin: () => textInput(30_000_000) },
  { name: "cmark", program: "cmark", args: [], stdin: () => markdownInput(40_000) },
];

export async function chooseWorkloads(
  quick: boolean,
  log: (line: string) => void,
): Promise<Workload[]> {
  const workloads: Workload[] = [];
  for (const recipe of quick ? quickRecipes : fullRecipes) {
    workloads.push(toWorkload(recipe, await buildProgram(recipe.program, log)));
  }
  return workloads;
}

/** The recipe, with its program where it was built. */
export function toWorkload(recipe: Recipe, modulePath: string): Workload {
  const stdin = recipe.stdin?.();
  const prepare = async (directory: string): Promise<RunSpec> => {
    const stdinPath = join(directory, "stdin");
    if (stdin !== undefined) writeFileSync(stdinPath, stdin);
    return {
      modulePath,
      args: [recipe.program, ...recipe.args],
      env: {},
      ...(stdin === undefined ? {} : { stdinPath }),
      directories: writeFiles(directory, recipe.files),
      stdoutPath: join(directory, "stdout"),
      stderrPath: join(directory, "stderr"),
    };
  };
  return { name: recipe.name, prepare };
}

function writeFiles(directory: string, files: Recipe["files"]): Record<string, string> {
  if (files === undefined) return {};
  const granted = join(directory, "files");
  mkdirSync(granted);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(granted, name), text);
  return { "/": granted };
}
