// Real programs, moved to a fresh instance in the middle of what they do: Lua with its errors and
// coroutines, which unwind by exceptions, and SQLite, at random checks of their fuel.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { isBuilt, programPath } from "../../tools/programs/index.ts";
import { prepareForMoves, type ProgramRun, runMoved } from "./moved-program.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261121);
const text = new TextEncoder();

const luaScript = `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(14))
local next = coroutine.wrap(function(a)
  for i = 1, 6 do a = coroutine.yield(a * i) end
  return "done"
end)
for i = 1, 7 do print(next(i)) end
print(select("#", pcall(function() error({ code = 7 }) end)))
print(pcall(string.rep, "x", -1))
local t = {}
for i = 1, 400 do t[i] = (i * 7919) % 1009 end
table.sort(t, function(a, b) return a > b end)
print(t[1], t[400], string.format("%q %5.2f", "a\\nb", 3.14159))
print((("hello"):gsub("l", function(c) return c:upper() end)))
error("at the end")`;

const sqlScript = `
create table fish(id integer primary key, name text);
with recursive n(x) as (select 1 union all select x + 1 from n where x < 300)
  insert into fish select x, 'fish ' || (x * 7919 % 1009) from n;
create index by_name on fish(name);
select count(*), sum(length(name)), group_concat(id) from fish where name > 'fish 95';
select substr(name, 6, 1) as first, count(*) from fish group by first order by 2 desc, 1;
`;

const cases: readonly { program: "lua" | "sqlite"; slice: number; run: ProgramRun }[] = [
  {
    program: "lua",
    slice: 2000,
    run: { args: ["lua", "/a.lua"], files: { "a.lua": text.encode(luaScript) } },
  },
  {
    program: "sqlite",
    slice: 20_000,
    run: { args: ["sqlite"], files: {}, stdin: text.encode(sqlScript) },
  },
];

describe.each(cases)(`$program (seed ${seed})`, ({ program, slice, run }) => {
  for (const fuel of [false, true]) {
    const where = fuel ? "calls and checks of its fuel" : "calls";
    it.skipIf(!isBuilt(program))(`comes to the same when moved at ${where}`, async () => {
      const prepared = await prepareForMoves(readFileSync(await programPath(program)), fuel);
      const still = runMoved(prepared, run, slice, () => false);
      expect(still.captures).toBe(0);
      const random = new Random(seed, program);
      const moved = runMoved(prepared, run, slice, () =>
        random.chance(40, Math.max(still.places, 41)),
      );
      expect(moved.outcome).toEqual(still.outcome);
      expect(moved.captures).toBeGreaterThan(5);
      expect(moved.deepest).toBeGreaterThan(8);
    });
  }
});
