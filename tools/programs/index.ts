// The face of the real programs: for the test runner, the benchmarks and CI.
import { buildProgram } from "./build.ts";
import type { ProgramName } from "./recipes.ts";

export { assetPath, isBuilt, ProgramMissing, programVersion } from "./build.ts";
export { caseId, commandName } from "./case.ts";
export type { Case, CaseResult, Content, PreparedCase, Run, RunResult } from "./case.ts";
export { checkCase } from "./check.ts";
export { runNatively, runOnNodeWasi } from "./expected.ts";
export { prepareCase } from "./prepare.ts";
export { programNames, type ProgramName } from "./recipes.ts";
export { listCases } from "../../test/programs/manifest.ts";

/** The path of a program's module, built first if the cache does not hold it. */
export function programPath(name: ProgramName): Promise<string> {
  return buildProgram(name, (line) => void process.stderr.write(`${line}\n`));
}
