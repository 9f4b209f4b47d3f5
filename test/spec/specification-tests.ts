// The tests of one form of the scripts, for the two files that run them side by side. Where the scripts
// were not fetched (`node test/spec/fetch.ts`) there is nothing to run.
import { describe, expect, it } from "vitest";
import {
  isSpecificationFetched,
  type SpecificationForm,
} from "../../tools/programs/specification.ts";
import { type Difference, listedCommands } from "./differences.ts";
import { type Finding, reportOn } from "./report.ts";
import { listParts, listScripts, partName } from "./suite.ts";

export function testScripts(form: SpecificationForm): void {
  const parts = isSpecificationFetched() ? listParts().filter((part) => part.form === form) : [];
  describe.skipIf(parts.length === 0)(`the specification's tests, as ${form}`, () => {
    for (const part of parts) {
      it.each(listScripts(part))(
        `come to the same rewritten and stopped, in ${partName(part)}: $name`,
        ({ name, read }) => {
          const { unexpected, changed } = reportOn(read());
          expectListed(name, "changed", changed);
          expectListed(name, "unexpected", unexpected);
        },
      );
    }
  });
}

/** Findings that are not listed are shown; those that are must still be there. */
function expectListed(
  script: string,
  kind: Difference["kind"],
  findings: readonly Finding[],
): void {
  const listed = listedCommands(script, kind);
  expect(findings.filter(({ command }) => !listed.includes(command))).toEqual([]);
  expect([...new Set(findings.map(({ command }) => command))]).toEqual(listed);
}
