// Every case that a real program must pass on Shoal with the output it has elsewhere. The scripts
// the cases run are in input/, what they must print is recorded in expected/ (by
// `node tools/programs/main.ts record`), and tools/programs/ prepares and checks them.
import type { Case, Content, Run } from "../../tools/programs/case.ts";
import type { ProgramName } from "../../tools/programs/recipes.ts";
import { compressorCases } from "./compressor-cases.ts";
import { interpreterCases } from "./interpreter-cases.ts";
import { textCases } from "./text-cases.ts";

/** All cases, or those of one program. Names are unique within a program. */
export function listCases(program?: ProgramName): readonly Case[] {
  if (program === undefined) return cases;
  return cases.filter((item) => item.program === program);
}

const million = 1_000_000;
const people = (bytes: number): Content => ({ generated: "people", bytes });
const jqCatch = { "people.json": people(200_000) };

function sql(name: string): Run {
  return { args: ["-batch", ":memory:"], stdin: { input: `sqlite/${name}.sql` } };
}

const onFile = (name: string): Run => ({ ...sql(name), args: ["-batch", "log.db"] });

const sqliteCases: readonly Case[] = [
  { name: "queries", runs: [sql("queries")] },
  { name: "transaction", runs: [sql("transaction")], compareStderr: true, fails: true },
  { name: "json", runs: [sql("json")] },
  { name: "million", runs: [sql("million")], slow: true },
  { name: "file", runs: [onFile("fill"), onFile("read")] },
  {
    name: "import",
    files: { "catch.csv": { generated: "catch" as const, bytes: 300_000 } },
    runs: [
      {
        args: ["-csv", "out.db", ".import catch.csv catch", "SELECT count(*) FROM catch"],
      },
      {
        args: [
          "-json",
          "out.db",
          "SELECT fish, count(*) n, printf('%.1f', sum(kg)) kg FROM catch GROUP BY fish",
        ],
      },
      { args: ["out.db", ".dump"] },
    ],
  },
  {
    name: "wrong",
    fails: true,
    runs: [{ args: [":memory:", "SELECT 1; SELEC 2;"] }, { args: ["no/such/dir.db", "SELECT 1"] }],
  },
].map((item) => ({
  program: "sqlite",
  expect: "native",
  // Where no start-up file is; without a home the two builds warn in different words.
  env: { HOME: "/nowhere" },
  ...item,
}));

const jqCases: readonly Case[] = [
  { name: "report", runs: [{ args: ["-f", "report.jq", "people.json"] }] },
  { name: "compact", runs: [{ args: ["-c", ".[] | {id, tags, on: .nested.on}", "people.json"] }] },
  { name: "stream", runs: [{ args: ["-c", "--stream", "select(.[0][0] < 3)", "people.json"] }] },
  { name: "sorted-keys", runs: [{ args: ["-S", ".[0:40]", "people.json"] }] },
  {
    name: "formats",
    runs: [{ args: ["-r", ".[0:20][] | [.id, .name, .nested.text] | @csv, @sh", "people.json"] }],
  },
  {
    name: "functions",
    runs: [
      {
        args: ["-n", "-c", "[limit(20; 1 | recurse(if . < 3000 then . * 2 + 1 else empty end))]"],
      },
      { args: ["-n", "-c", "reduce range(100000) as $i (0; . + $i), ([range(10)] | map(. * .))"] },
      { args: ["-n", "-c", '"a,b,c" / "," | tojson, @base64, ascii_downcase? // "none"'] },
      { args: ["-n", "--arg", "x", "é€", "$x | length, utf8bytelength, explode"] },
      { args: ["-n", "-c", "[1.5, 1e1000, -0, 3.0, 100000000000000000000]"] },
    ],
  },
  {
    name: "wrong",
    fails: true,
    compareStderr: true,
    runs: [
      { args: [".", "-"], stdin: '{"a": [1, 2' },
      { args: [".a"], stdin: "[1]" },
      { args: ["-e", ".missing"], stdin: "{}" },
      { args: ["-n", '"stop" | error'] },
      { args: ["-n", "1 +"] },
    ],
  },
  {
    name: "ten-megabytes",
    slow: true,
    files: { "people.json": people(10 * million) },
    runs: [{ args: ["-c", "map(select(.score > 1200)) | map(.score |= . * 2)", "people.json"] }],
  },
].map((item) => ({
  program: "jq",
  expect: "native",
  ...item,
  files: { ...jqCatch, "report.jq": { input: "jq/report.jq" }, ...item.files },
}));

function yosys(name: string, commands: readonly string[], more: Partial<Case> = {}): Case {
  const design = ["counter.v", "unit.v", "broken.v"].map((file): [string, Content] => [
    file,
    { input: `yosys/${file}` },
  ]);
  const files = { ...Object.fromEntries(design), share: { of: "yosys", asset: "share" } as const };
  const runs = [{ args: ["-q", "-p", commands.join("; ")] }];
  return { program: "yosys", expect: "wasi", name, files, runs, slow: true, ...more };
}

/** Synthesis must not change what the arithmetic unit computes; proven by satisfiability. */
const proof = [
  "read_verilog unit.v",
  "prep -top alu",
  "design -stash gold",
  "read_verilog unit.v",
  "synth -noabc -top alu",
  "design -stash gate",
  "design -copy-from gold -as gold alu",
  "design -copy-from gate -as gate alu",
  "miter -equiv -flatten -make_assert gold gate miter",
  "tee -o proof.txt sat -verify -prove-asserts miter",
];

const yosysCases: readonly Case[] = [
  { program: "yosys", expect: "wasi", name: "version", runs: [{ args: ["-V"] }] },
  yosys(
    "counter",
    ["read_verilog counter.v", "synth -noabc -flatten", "write_verilog -noattr out.v"],
    {
      outputs: ["out.v"],
    },
  ),
  yosys(
    "unit",
    [
      "read_verilog unit.v",
      "synth -noabc -top unit",
      "tee -o stat.txt stat",
      "write_json out.json",
    ],
    {
      outputs: ["stat.txt", "out.json"],
    },
  ),
  yosys(
    "ice40",
    [
      "read_verilog unit.v",
      "synth_ice40 -abc9 -run begin:map_luts -top unit",
      "write_blif out.blif",
    ],
    {
      outputs: ["out.blif"],
    },
  ),
  yosys("proof", proof, { outputs: ["proof.txt"] }),
  yosys("broken", ["read_verilog broken.v"], { compareStderr: true, fails: true, slow: false }),
];

const computeCases: readonly Case[] = [
  { name: "ten-rounds", runs: [{ args: [] }] },
  { name: "rounds", runs: [{ args: ["400"] }] },
  { name: "wrong", runs: [{ args: ["0"] }], compareStderr: true, fails: true },
].map((item) => ({ program: "compute", expect: "native", ...item }));

const cases: readonly Case[] = [
  ...interpreterCases,
  ...sqliteCases,
  ...jqCases,
  ...compressorCases,
  ...textCases,
  ...yosysCases,
  ...computeCases,
];
