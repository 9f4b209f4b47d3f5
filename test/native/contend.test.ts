// Two hosts of one directory at the same time, each a process of its own: exclusive creation, appending
// and renaming over are atomic between them, since each is one call of the system below.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commonFlags, compile } from "../../tools/programs/compile.ts";
import { shoal } from "../programs/shoal-process.ts";

const rounds = 200;
const lineBytes = 64;

describe("two programs on one directory, each on a host of its own", () => {
  let base: string;
  let granted: string;
  let outputs: string[];
  let errors: string[];

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "shoal-contend-"));
    granted = join(base, "granted");
    mkdirSync(granted);
    const program = join(base, "contend.wasm");
    const trees = { src: join(import.meta.dirname, "c") };
    await compile(["src/contend.c"], commonFlags, trees, program);
    const both = await Promise.all(
      ["a", "b"].map((letter) =>
        shoal(["run", "--dir", `${granted}::/`, program, letter, String(rounds)]),
      ),
    );
    const decoder = new TextDecoder();
    outputs = both.map(({ stdout }) => decoder.decode(stdout));
    errors = both.map(({ stderr }) => decoder.decode(stderr));
  });
  afterAll(() => rmSync(base, { recursive: true }));

  it("meet no error, and read nothing by halves", () => {
    expect(errors).toEqual(["", ""]);
    for (const output of outputs) expect(output).toMatch(/^made \d+\n$/);
  });

  it("make each file once, whoever is first", () => {
    const made = outputs.map((output) => Number(output.replace(/\D/g, "")));
    expect(made[0] + made[1]).toBe(rounds);
    const claims = readdirSync(granted).filter((name) => name.startsWith("claim-"));
    expect(claims).toHaveLength(rounds);
  });

  it("append whole lines, and lose none", () => {
    const lines = readFileSync(join(granted, "log"), "latin1").split("\n");
    expect(lines.pop()).toBe("");
    for (const letter of ["a", "b"]) {
      const own = letter.repeat(lineBytes - 1);
      expect(lines.filter((line) => line === own)).toHaveLength(rounds);
    }
    expect(lines).toHaveLength(2 * rounds);
  });
});
