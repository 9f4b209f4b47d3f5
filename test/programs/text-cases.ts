// Cases of the text tools: awk with and without setjmp, cmark, figlet.
import type { Case, Content, Run } from "../../tools/programs/case.ts";

type Setting = Omit<Case, "program" | "expect" | "name" | "runs">;

const fishCatch: Content = { generated: "catch", bytes: 200_000 };
const prose: Content = { generated: "text", bytes: 300_000 };

const plainAwk: readonly (readonly [string, Setting, readonly Run[]])[] = [
  ["words", { files: { prose } }, [{ args: ["-f", "words.awk", "prose"] }]],
  ["report", {}, [{ args: ["-f", "report.awk"], stdin: fishCatch }]],
  [
    "functions",
    { outputs: ["rows.txt"], env: { FISH: "cod" } },
    [{ args: ["-f", "functions.awk", "x"] }],
  ],
  [
    "fields",
    { files: { prose } },
    [
      { args: ["{ print $1, NF; n += NF } END { print n }", "prose"] },
      { args: ["-F", "e", "-v", "k=2", "{ print $k }", "prose"] },
      { args: ["length > 900 { print NR, length }", "prose"] },
      { args: ['{ $3 = ""; print; }', "-"], stdin: "a b c d\n1 2 3\n\nlast" },
      { args: ['BEGIN { RS = "" } { print NR ": " $1 }'], stdin: "one\ntwo\n\n\nthree\n" },
    ],
  ],
  [
    "wrong",
    { fails: true },
    [
      { args: ["BEGIN { print 1"] },
      { args: ["{ print }", "absent"] },
      { args: ["BEGIN { exit 9 }"] },
      { args: ["-f", "absent.awk"] },
    ],
  ],
];

function awk(
  program: "awk" | "awk-nosetjmp",
  name: string,
  setting: Setting,
  runs: readonly Run[],
): Case {
  const scripts = ["words", "report", "functions", "exit"].map((script): [string, Content] => [
    `${script}.awk`,
    { input: `awk/${script}.awk` },
  ]);
  const files = { ...Object.fromEntries(scripts), ...setting.files };
  return { program, expect: "native", name, runs, ...setting, files };
}

const awkCases: readonly Case[] = [
  ...(["awk", "awk-nosetjmp"] as const).flatMap((program) =>
    plainAwk.map(([name, setting, runs]) => awk(program, name, setting, runs)),
  ),
  awk("awk", "exit", { fails: true }, [{ args: ["-f", "exit.awk"], stdin: fishCatch }]),
];

const smart: Content = { input: "cmark/smart.md" };
const specification = { "spec.txt": { of: "cmark", asset: "spec.txt" } as const };

const cmarkCases: readonly Case[] = [
  { name: "specification", runs: [{ args: ["spec.txt"] }], files: specification },
  {
    name: "specification-forms",
    runs: ["xml", "man", "commonmark", "latex"].map((form) => ({ args: ["-t", form, "spec.txt"] })),
    files: specification,
  },
  { name: "examples", runs: "commonmark-examples" as const, slow: true },
  {
    name: "smart",
    runs: [
      { args: ["--smart", "--unsafe"], stdin: smart },
      { args: ["--smart", "--sourcepos", "--hardbreaks"], stdin: smart },
      { args: ["--validate-utf8", "-t", "commonmark", "--width", "30"], stdin: smart },
    ],
  },
  {
    name: "large",
    runs: [{ args: [], stdin: { generated: "spec-words" as const, bytes: 3_000_000 } }],
  },
  { name: "wrong", runs: [{ args: ["absent.md"] }, { args: ["-t", "pdf"] }], fails: true },
].map((item) => ({ program: "cmark", expect: "native", ...item }));

function figlet(name: string, ...runs: readonly Run[]): Case {
  const withFonts = runs.map((run) => ({ ...run, args: ["-d", "fonts", ...run.args] }));
  const files = { fonts: { of: "figlet", asset: "fonts" } as const };
  return { program: "figlet", expect: "native", name, runs: withFonts, files };
}

const fonts = "banner big block bubble digital lean mini script shadow slant small term".split(" ");

const figletCases: readonly Case[] = [
  figlet("standard", { args: ["Shoal"] }, { args: ["-w", "40", "one core, many programs"] }),
  figlet("fonts", ...fonts.map((font) => ({ args: ["-f", font, "Shoal 26"] }))),
  figlet(
    "layout",
    ...["-c", "-r", "-k", "-o", "-W", "-S"].map((flag) => ({
      args: [flag, "-w", "60", "fish swim"],
    })),
  ),
  figlet("input", { args: ["-f", "small", "-p"], stdin: "several lines\nof input\n\nand a gap" }),
  figlet("codes", { args: ["-C", "upper", "-I", "1", "x"] }, { args: ["-C", "upper", "lower"] }),
  { ...figlet("wrong", { args: ["-f", "nosuchfont", "x"] }), fails: true },
];

export const textCases: readonly Case[] = [...awkCases, ...cmarkCases, ...figletCases];
