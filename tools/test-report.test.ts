// The count in the last line of a test run: it may not hide a failure.
import { describe, expect, it } from "vitest";
import { countReport } from "./test-report.ts";

function report(
  passed: number,
  failed: number,
  ...files: [status: string, tests: string[]][]
): string {
  const testResults = files.map(([status, tests]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  }));
  return JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults });
}

describe("countReport", () => {
  it("takes the counts of a clean run as they are", () => {
    expect(countReport(report(2, 0, ["passed", ["passed", "passed"]]), 0)).toEqual({
      passed: 2,
      failed: 0,
    });
  });

  it("counts a file that could not be loaded as a failure of its own", () => {
    const text = report(1, 1, ["failed", []], ["failed", ["failed", "passed"]]);
    expect(countReport(text, 1)).toEqual({ passed: 1, failed: 2 });
  });

  it("counts a failing exit code without a failed test as one failure", () => {
    expect(countReport(report(3, 0, ["passed", ["passed"]]), 1)).toEqual({ passed: 3, failed: 1 });
  });

  it("counts a missing or broken report as one failure, even after exit code 0", () => {
    expect(countReport(undefined, 0)).toEqual({ passed: 0, failed: 1 });
    expect(countReport('{"numPassed', 0)).toEqual({ passed: 0, failed: 1 });
  });
});
