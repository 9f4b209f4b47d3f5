// Real programs on Shoal against their native builds, command line by command line: outputs, exit codes,
// messages and files must be the same, but for the differences that are listed with their reasons.
import { beforeAll, describe, expect, it } from "vitest";
import { titleOf } from "./command-line.ts";
import { differences } from "./differences.ts";
import { buildCalls, isThere, onShoal } from "./hosts.ts";
import { allLines, readRecord } from "./lines.ts";

const differing = new Map(
  differences.flatMap((one) => one.lines.map((title) => [title, one] as const)),
);
const titles = allLines.map(titleOf);
const subjects = [...new Set(allLines.map(({ subject }) => subject))];

it("compares three hundred command lines and more, each once", () => {
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThanOrEqual(300);
  expect([...differing.keys()].filter((title) => !titles.includes(title))).toEqual([]);
});

describe.each(subjects)("%s", (subject) => {
  const { by, answers } = readRecord(subject);
  beforeAll(buildCalls);

  for (const line of allLines.filter((one) => one.subject === subject)) {
    const title = titleOf(line);
    const listed = differing.get(title);
    const how = listed === undefined ? "the same" : `not the same, since ${listed.why}`;
    // Skipped only where its program was not built: without Debian's sources.
    it.skipIf(!isThere(subject))(`${title}: ${how}`, async () => {
      const expected = answers[title];
      if (expected === undefined) throw new RangeError("not recorded: run test/native/record.ts");
      const actual = await onShoal(line);
      if (listed === undefined) return expect(actual, `as by ${by}`).toEqual(expected);
      for (const part of listed.parts) expect(actual[part]).not.toEqual(expected[part]);
      const others = Object.fromEntries(listed.parts.map((part) => [part, actual[part]]));
      expect(actual).toEqual({ ...expected, ...others });
    });
  }
});
