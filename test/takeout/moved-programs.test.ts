// Real programs, stopped by kernel calls at random calls of their own and wherever they are, taken out
// whole and put back into fresh instances, many times in one run: they print what they print undisturbed.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { prepareModule } from "../../src/process/index.ts";
import { isBuilt, type ProgramName, programPath } from "../../tools/programs/index.ts";
import { runMoved, type SessionRun } from "./moved-session.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261121);

/** Moves tried in one run. */
const movesWanted = Number(process.env["SHOAL_TEST_MOVES"] ?? 12);

const luaScript = `
local next = coroutine.wrap(function(a)
  for i = 1, 40 do a = coroutine.yield(a * i) end
  return "done"
end)
for i = 1, 41 do io.write(next(i), " ") io.flush() end
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(17))
for line in io.lines() do
  local ok, answer = pcall(function()
    if #line % 3 == 0 then error({ line = line }) end
    return (line:gsub("%a+", string.upper))
  end)
  io.write(ok and answer or "error " .. answer.line, "\\n") io.flush()
end
local t = {}
for i = 1, 300 do t[i] = (i * 7919) % 1009 end
table.sort(t, function(a, b) return a > b end)
print(t[1], t[300], #arg)
error("at the end")`;

const lines = Array.from({ length: 40 }, (_, i) => `line ${"x".repeat(i % 7)} of fish ${i}`);

const document = Array.from(
  { length: 60 },
  (_, i) =>
    `# Chapter ${i}\n\n* one *${i}*\n  * two **three**\n\n> quoted \`code\`\n\n[a](b${i})\n`,
);

const fish = Array.from({ length: 200 }, (_, i) => ({
  id: i,
  name: `fish ${i}`,
  weights: [i, i * 2],
}));

const sql = `
create table fish(id integer primary key, name text);
with recursive n(x) as (select 1 union all select x + 1 from n where x < 200)
  insert into fish select x, 'fish ' || (x * 7919 % 1009) from n;
begin;
update fish set name = name || '!' where id % 7 = 0;
select count(*), sum(length(name)), group_concat(id) from fish where name > 'fish 95';
commit;
select substr(name, 6, 1) as first, count(*) from fish group by first order by 2 desc, 1;
`;

const cases: readonly (SessionRun & { readonly program: ProgramName })[] = [
  { program: "lua", args: ["lua", "-e", luaScript], input: lines.join("\n") },
  { program: "cmark", args: ["cmark", "-t", "xml"], input: document.join("\n") },
  {
    program: "jq",
    args: ["jq", "-c", "group_by(.id % 5) | map({n: length, s: (map(.weights[1]) | add)}) | .[]"],
    input: JSON.stringify(fish),
  },
  { program: "sqlite", args: ["sqlite"], input: sql },
];

/** Only for who asked for a number. */
function tellMoves(program: string, where: string, moves: number): void {
  if (process.env["SHOAL_TEST_MOVES"] === undefined) return;
  console.log(`${program} was moved ${moves} times ${where}`);
}

describe.each(cases)(`$program (seed ${seed})`, ({ program, ...run }) => {
  it.skipIf(!isBuilt(program))("prints the same when it is moved at its calls", async () => {
    const bytes = readFileSync(await programPath(program));
    const prepared = await prepareModule(bytes, { fuel: false, capture: "unwind" });
    const still = await runMoved(prepared, run, new Set());
    expect(still.moves).toBe(0);
    const random = new Random(seed, program);
    const drawn = Array.from({ length: movesWanted }, () => random.below(still.calls));
    const moved = await runMoved(prepared, run, new Set(drawn));
    expect(moved.outcome).toEqual(still.outcome);
    expect(moved.moves).toBeGreaterThan(Math.min(movesWanted, still.calls) / 3);
    expect(moved.deepest).toBeGreaterThan(2);
    tellMoves(program, "at its calls", moved.moves);
  });

  it.skipIf(!isBuilt(program))("prints the same when it is moved wherever it is", async () => {
    const bytes = readFileSync(await programPath(program));
    const prepared = await prepareModule(bytes, { fuel: true, capture: "unwind" });
    const startMs = performance.now();
    const still = await runMoved(prepared, run, "never");
    const usMax = Math.ceil(((performance.now() - startMs) * 1000) / movesWanted);
    let moves = 0;
    // How long the program takes is not known: if it was over too soon, it is moved after shorter times.
    for (let us = usMax; moves < 2 && us > 1; us = Math.ceil(us / 3)) {
      const moved = await runMoved(prepared, run, { seed, usMax: us, count: movesWanted });
      expect(moved.outcome).toEqual(still.outcome);
      moves = moved.moves;
    }
    expect(moves).toBeGreaterThan(1);
    tellMoves(program, "wherever it was", moves);
  });
});
