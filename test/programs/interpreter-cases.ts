// Cases of the interpreters: Lua with and without setjmp, CPython, TinyScheme.
import type { Case } from "../../tools/programs/case.ts";

type Setting = Omit<Case, "program" | "expect" | "name" | "runs">;

/** Scripts in which no error is caught and no coroutine yields: both builds of Lua run them. */
const plainLua: readonly (readonly [string, Setting])[] = [
  ["fib", {}],
  ["sieve", {}],
  ["sort", {}],
  ["strings", {}],
  ["closures", {}],
  ["matrix", {}],
  ["queens", {}],
  ["garbage", {}],
  ["files", { outputs: ["renamed.txt"] }],
  ["uncaught", { fails: true }],
];

const throwingLua: readonly (readonly [string, Setting])[] = [
  ["coroutines", {}],
  ["pcall", {}],
];

function lua(program: "lua" | "lua-nosetjmp", name: string, setting: Setting): Case {
  const script = `${name}.lua`;
  const files = { [script]: { input: `lua/${script}` } };
  const runs = [{ args: [script] }];
  return { program, expect: "native", name, runs, files, ...setting };
}

function luaArguments(program: "lua" | "lua-nosetjmp"): Case {
  return {
    ...lua(program, "arguments", { env: { FISH: "cod" }, compareStderr: true, fails: true }),
    runs: [
      { args: ["arguments.lua", "one", "", "three words here"], stdin: "1\n2.5\nx\n0x10" },
      { args: ["-e", "print(1 + 1)", "-e", "io.write(...)", "-"], stdin: "print(#arg)" },
      { args: ["-v"] },
    ],
  };
}

const luaCases: readonly Case[] = (["lua", "lua-nosetjmp"] as const).flatMap((program) => [
  ...plainLua.map(([name, setting]) => lua(program, name, setting)),
  luaArguments(program),
]);

function python(name: string, setting: Setting = {}): Case {
  const script = `${name}.py`;
  const files = { [script]: { input: `python/${script}` } };
  const runs = [{ args: [`/${script}`] }];
  return { program: "python", expect: "wasi", name, runs, files, ...setting };
}

const pythonCases: readonly Case[] = [
  python("json_round"),
  python("digests"),
  python("regex"),
  python("generators"),
  python("recursion"),
  python("exceptions", { compareStderr: true, fails: true }),
  python("files", { outputs: ["box/raw", "box/table.csv", "box/a/b/deep.txt"] }),
  python("arithmetic"),
  python("classes"),
  {
    ...python("streams", { env: { FISH: "cod" }, compareStderr: true, fails: true }),
    runs: [
      { args: ["/streams.py", "a", "b c"], stdin: "1\n2\n30\n" },
      { args: ["-c", "print(sum(range(10)))"] },
      { args: ["-"], stdin: "print('from standard input')" },
      { args: ["/absent.py"] },
    ],
  },
  {
    ...python("large_json", { slow: true }),
    files: { "people.json": { generated: "people", bytes: 6_000_000 } },
    runs: [
      {
        args: [
          "-c",
          "import json; v = json.load(open('/people.json')); print(len(v), sum(p['score'] for p in v))",
        ],
      },
    ],
  },
];

function scheme(name: string): Case {
  const script = `${name}.scm`;
  return {
    program: "tinyscheme",
    expect: "native",
    name,
    files: {
      [script]: { input: `tinyscheme/${script}` },
      "init.scm": { of: "tinyscheme", asset: "init.scm" },
    },
    env: { TINYSCHEMEINIT: "init.scm" },
    runs: [{ args: [script] }],
  };
}

const schemeCases: readonly Case[] = [
  scheme("numbers"),
  scheme("lists"),
  scheme("continuations"),
  {
    ...scheme("numbers"),
    name: "expression",
    runs: [{ args: ["-c", '(display (string-append "a" (number->string (* 6 7))))'] }],
  },
];

export const interpreterCases: readonly Case[] = [
  ...luaCases,
  ...throwingLua.map(([name, setting]) => lua("lua", name, setting)),
  ...pythonCases,
  ...schemeCases,
];
