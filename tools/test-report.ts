// Counts what vitest's JSON report says, for the last line of the test run. A run never counts as better
// than it was: a file that could not be loaded, an error outside any test, and a missing report are
// failures, though vitest lists no failed test for them.

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** The part of the report that is read. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export function countReport(text: string | undefined, exitCode: number): Count {
  const report = parse(text);
  if (report === undefined) return { passed: 0, failed: 1 };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((result) => result.status !== "failed"),
  );
  const failed = report.numFailedTests + broken.length;
  // The exit code knows of errors that belong to no test.
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

function parse(text: string | undefined): Report | undefined {
  try {
    // Written a moment ago by the vitest of our own lock file.
    return text === undefined ? undefined : (JSON.parse(text) as Report);
  } catch {
    return undefined;
  }
}
