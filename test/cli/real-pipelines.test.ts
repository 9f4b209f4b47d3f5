// Real programs joined by pipes, against what the same pipelines print on any Unix system.
import { describe, expect, it } from "vitest";
import { isBuilt, type ProgramName, programPath } from "../../tools/programs/index.ts";
import { shoal } from "../programs/shoal-process.ts";

type Step = readonly [program: ProgramName, ...args: string[]];

interface Pipeline {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly stdin?: Uint8Array;
  readonly output: string | Uint8Array;
  /** The exit code with `--pipefail`, 0 unless given. */
  readonly code?: number;
}

/** Text-like bytes that compress, more than all the pipes on the way hold. */
const bytes = new Uint8Array(700_001).map((_, i) => 97 + (((i * i) >> 7) % 17));

const count = (last: number): Step => ["awk", `BEGIN { for (i = 1; i <= ${last}; i++) print i }`];

const pipelines: readonly Pipeline[] = [
  {
    title: "a compressor and its decompressor give back what went in",
    steps: [["minigzip"], ["minigzip", "-d"]],
    stdin: bytes,
    output: bytes,
  },
  {
    title: "two compressors inside each other do as well",
    steps: [["minigzip"], ["bzip2", "-c"], ["bzip2", "-dc"], ["minigzip", "-d"]],
    stdin: bytes,
    output: bytes,
  },
  {
    title: "a hundred thousand lines are added up by another program",
    steps: [count(100_000), ["awk", "{ sum += $1 } END { print sum, NR }"]],
    output: "5000050000 100000\n",
  },
  {
    title: "five programs pass lines on",
    steps: [
      count(1000),
      ["awk", "$1 % 2 == 0"],
      ["awk", "$1 % 3 == 0"],
      ["awk", "$1 % 5 == 0"],
      ["awk", "END { print NR, $0 }"],
    ],
    output: "33 990\n",
  },
  {
    title: "a document is made by one interpreter and read by another",
    steps: [
      ["lua", "-e", `for i = 1, 3 do io.write('{"n":', i, ',"square":', i * i, '}\\n') end`],
      ["jq", "-c", "[.n, .square]"],
      ["awk", '{ print NR ": " $0 }'],
    ],
    output: "1: [1,1]\n2: [2,4]\n3: [3,9]\n",
  },
  {
    title: "a writer that would never end is told that nobody reads any more, and ends",
    steps: [
      ["awk", 'BEGIN { for (;;) print "again" }'],
      ["awk", "NR == 3 { print NR; exit }"],
    ],
    output: "3\n",
    code: 2,
  },
];

describe.concurrent("real programs joined by pipes", () => {
  for (const { title, steps, stdin, output, code = 0 } of pipelines) {
    // Skipped only where a program was not built: without Debian's sources.
    const isRunnable = steps.every(([program]) => isBuilt(program));
    it.skipIf(!isRunnable)(title, async () => {
      const words: string[] = [];
      for (const [program, ...args] of steps) {
        words.push(...(words.length === 0 ? [] : ["::"]), await programPath(program), ...args);
      }
      const input = stdin === undefined ? {} : { stdin };
      const { stdout, exitCode } = await shoal(["run", "--pipefail", ...words], input);
      if (typeof output === "string") expect(Buffer.from(stdout).toString()).toBe(output);
      else expect(Buffer.compare(Buffer.from(stdout), Buffer.from(output))).toBe(0);
      expect(exitCode).toBe(code);
    });
  }
});
