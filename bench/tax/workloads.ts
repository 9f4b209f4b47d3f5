// What the programs are asked to do here: a tenth of a second or so each, since each of five forms does it
// several times in every round.
import { programPath } from "../../tools/programs/index.ts";
import { jsonInput, markdownInput, textInput } from "../programs/inputs.ts";
import { type Recipe, toWorkload, type Workload } from "../programs/workloads.ts";

const luaFibonacci = `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(30))
`;

const luaObjects = `
local Point = {}
Point.__index = Point
function Point.new(x, y) return setmetatable({ x = x, y = y }, Point) end
Point.__add = function(a, b) return Point.new(a.x + b.x, a.y + b.y) end
local sum, words = Point.new(0, 0), {}
for i = 1, 150000 do
  sum = sum + Point.new(i, i % 7)
  if i % 10 == 0 then words[#words + 1] = ("%05d"):format(i * 7919 % 100003) end
end
table.sort(words)
print(sum.x, sum.y, words[1], words[#words])
`;

const sqlScript = `
PRAGMA temp_store = MEMORY;
CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80000)
INSERT INTO t SELECT i, i * 7919 % 100003, 'value ' || (i % 1000) FROM n;
CREATE INDEX t_k ON t (k);
SELECT count(*), sum(k), min(v), max(v) FROM t;
SELECT v, count(*) AS c, sum(k) FROM t GROUP BY v ORDER BY c DESC, v LIMIT 5;
`;

const jqFilter = "map(select(.nested.even) | .score) | {n: length, sum: add, top: max}";

const recipes: readonly Recipe[] = [
  { name: "lua-fib", program: "lua", args: ["/a.lua"], files: { "a.lua": luaFibonacci } },
  { name: "lua-objects", program: "lua", args: ["/a.lua"], files: { "a.lua": luaObjects } },
  {
    // The build without WebAssembly exceptions, which is all of Lua that Asyncify can take.
    name: "lua-nosetjmp",
    program: "lua-nosetjmp",
    args: ["/a.lua"],
    files: { "a.lua": luaObjects },
  },
  { name: "sqlite", program: "sqlite", args: [":memory:"], stdin: () => sqlScript },
  { name: "compute", program: "compute", args: ["400"] },
  { name: "jq", program: "jq", args: ["-c", jqFilter], stdin: () => jsonInput(20_000) },
  { name: "bzip2", program: "bzip2", args: ["-c"], stdin: () => textInput(1_500_000) },
  { name: "minigzip", program: "minigzip", args: [], stdin: () => textInput(1_500_000) },
  { name: "cmark", program: "cmark", args: [], stdin: () => markdownInput(8000) },
];

const quickRecipes: readonly Recipe[] = [{ name: "compute", program: "compute", args: ["60"] }];

export interface TaxWorkload extends Workload {
  readonly program: Recipe["program"];
  readonly modulePath: string;
}

export async function taxWorkloads(quick: boolean): Promise<TaxWorkload[]> {
  const workloads: TaxWorkload[] = [];
  for (const recipe of quick ? quickRecipes : recipes) {
    const modulePath = await programPath(recipe.program);
    const workload = toWorkload(recipe, modulePath);
    workloads.push({ ...workload, program: recipe.program, modulePath });
  }
  return workloads;
}
