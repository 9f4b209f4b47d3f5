// The table of cases against its records, and the comparison that every host is judged by.
import { describe, expect, it } from "vitest";
import { listCases } from "../../test/programs/manifest.ts";
import { caseId, type Case, type CaseResult } from "./case.ts";
import { checkCase, readExpected } from "./check.ts";

const fib = listCases("lua").find((item) => item.name === "fib");

function answer(stdout: string, exitCode = 0): CaseResult {
  const run = { stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exitCode };
  return { runs: [run], directory: "/nowhere" };
}

function recorded(item: Case): string {
  const { stdout } = readExpected(item.program)[item.name];
  if (typeof stdout !== "string") throw new Error(`${caseId(item)} is recorded by its hash`);
  return stdout;
}

describe("cases of real programs", () => {
  it("have names that no other case of the program has", () => {
    const ids = listCases().map(caseId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("all have a recorded output, and no record is left of a case that is gone", () => {
    const programs = new Set(listCases().map((item) => item.program));
    for (const program of programs) {
      const names = listCases(program).map((item) => item.name);
      expect(Object.keys(readExpected(program)).toSorted()).toEqual(names.toSorted());
    }
  });

  it("accept the recorded answer and name the line and the code that differ", () => {
    if (fib === undefined) throw new Error("there is no case lua/fib");
    const right = recorded(fib);
    expect(checkCase(fib, answer(right))).toBeUndefined();
    expect(checkCase(fib, answer(right.replace("144", "145")))).toContain('line 5: expected "12');
    expect(checkCase(fib, answer(right, 3))).toContain("exit code: expected 0, got 3");
    expect(checkCase(fib, answer(""))).toContain("line 1");
  });

  it("fail a host that answers fewer runs than the case has", () => {
    const several = listCases("lua").find((item) => item.name === "arguments");
    if (several === undefined) throw new Error("there is no case lua/arguments");
    expect(checkCase(several, answer("x"))).toContain("exit code: expected 7 0 0, got 0");
  });
});
