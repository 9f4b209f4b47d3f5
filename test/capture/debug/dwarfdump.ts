// The same question asked of a reader that is not ours: `node test/capture/debug/dwarfdump.ts [module...]`
// has llvm-dwarfdump read a module and what the rewriter makes of it, at both levels, and compares all it
// says: entries, ranges, locations and lines. Addresses are compared by the instructions at them. Without
// modules it takes those of the tests. Exit code 1 if anything is different.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { rewriteForCapture } from "../../../src/process/wasm/prepare/capture.ts";
import { builds } from "./builds.ts";
import { Code } from "./compare-lines.ts";

const tool = "llvm-dwarfdump";

/** What the tool says of a module, with instructions in place of addresses. */
function readingOf(path: string): { lines: string[]; complaints: string } {
  const code = new Code(Uint8Array.from(readFileSync(path)));
  const said = run("--debug-info", "--debug-line", "--debug-types", "--debug-aranges", path);
  const verified = run("--verify", path);
  const complaints = verified.split("\n").filter((line) => /error/i.test(line));
  return {
    lines: said.split("\n").map((line, at, all) => readable(line, code, all[at - 1] ?? "")),
    complaints: complaints.filter((line) => line !== "No errors.").join("; "),
  };
}

function run(...args: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync(tool, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined) throw new Error(`${tool} is needed, from LLVM: ${error.message}`);
  return stdout + stderr;
}

const hex = "0x[0-9a-f]{8,16}";
const interval = new RegExp(`\\[(${hex}), (${hex})\\)`, "g");
const attribute = new RegExp(`(DW_AT_(?:low_pc|entry_pc|call_return_pc)\\s+\\()(${hex})`);
const high = new RegExp(`(DW_AT_high_pc\\s+\\()(${hex})`);
const row = new RegExp(`^(${hex})( +\\d+ +\\d+ +\\d+)`);

function readable(line: string, code: Code, lineBefore: string): string {
  const at = (address: string): string => {
    // The old encoding of exceptions is translated, and fuel makes calls of operations on much memory.
    const described = code.describe(Number(address));
    return described
      .replace(/^0x(6|7|9|18|19|b|2|1f|c) [0-9a-f]*/, "a construct")
      .replace(/^0xfc000[ab] [0-9a-f]*/, "0x10 ");
  };
  // It is written as a length, and counted by the tool from the address of a function left out.
  const isOfNothing = /low_pc.*dead code/.test(lineBefore);
  return line
    .replaceAll(interval, (_, low: string, high: string) => `[${at(low)}, ${at(high)})`)
    .replace(attribute, (_, before: string, address: string) => before + at(address))
    .replace(high, (_, before: string, address: string) => {
      return before + (isOfNothing ? "none" : at(address));
    })
    .replace(row, (_, address: string, rest: string) => at(address) + rest)
    .replace(/^.*file format.*$/, "")
    .replace(/^debug_line\[0x[0-9a-f]+\]/, "debug_line")
    .replace(/total_length: .*/, "total_length")
    .replace(/(DW_AT_(?:stmt_list|rnglists_base|loclists_base)\s+)\(0x[0-9a-f]+\)/, "$1")
    .replace(
      /(DW_AT_[a-z_]+\s+)\((?:indexed \(0x[0-9a-f]+\) \w+ = )?0x[0-9a-f]+[:)]? *$/,
      "$1list",
    );
}

function compare(path: string, directory: string): number {
  const plain = readingOf(path);
  const bytes = Uint8Array.from(readFileSync(path));
  let different = 0;
  for (const fuel of [false, true]) {
    const rewritten = join(directory, "rewritten.wasm");
    writeFileSync(rewritten, rewriteForCapture(bytes, fuel));
    const reading = readingOf(rewritten);
    const wrong = plain.lines.flatMap((line, at) => {
      const other = reading.lines[at];
      return line === other ? [] : [`  ${line}\n  ${other}`];
    });
    if (reading.complaints !== plain.complaints) wrong.push(`  ${reading.complaints}`);
    process.stdout.write(
      `${basename(path)}${fuel ? " with fuel" : ""}: ${plain.lines.length} lines, ${wrong.length} different\n`,
    );
    for (const one of wrong.slice(0, 10)) process.stdout.write(`${one}\n`);
    different += wrong.length;
  }
  return different;
}

const given = process.argv.slice(2);
const paths = given.length > 0 ? given : await Promise.all(builds.map((build) => build.path()));
const directory = mkdtempSync(join(tmpdir(), "shoal-dwarfdump-"));
let different = 0;
for (const path of paths) different += compare(path, directory);
rmSync(directory, { recursive: true });
process.exitCode = different === 0 ? 0 : 1;
