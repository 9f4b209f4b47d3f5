// Modules written by hand, each run to its end and again with its stack taken out: at every single call
// of the host, at all of them, twice in a row at the same, and at random ones.
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { askHost, fixtures } from "./fixtures.ts";
import { InterruptibleModule, runPlain, type StopRule } from "./interrupted-run.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261121);

function rulesFor(calls: number): [string, StopRule][] {
  const random = new Random(seed);
  const single = Array.from({ length: calls }, (_, at): [string, StopRule] => [
    `at call ${at}`,
    (call, attempt) => call === at && attempt === 0,
  ]);
  return [
    ["never", () => false],
    ...single,
    ["at all calls", (_, attempt) => attempt === 0],
    ["three times at each call", (_, attempt) => attempt < 3],
    ["at random calls", (_, attempt) => attempt < 5 && random.below(2) === 0],
  ];
}

describe.each(fixtures)(`$name (seed ${seed})`, ({ bytes, entries }) => {
  it.each(entries)("comes to the same when its stack is moved: $args", (entry) => {
    const module = bytes();
    const plain = runPlain(module, entry, askHost);
    const interruptible = new InterruptibleModule(module, askHost);
    let captures = 0;
    for (const [when, stops] of rulesFor(plain.calls.length)) {
      const run = interruptible.run(entry, stops);
      expect(run.outcome, when).toEqual(plain);
      captures += run.captures;
    }
    expect(captures).toBeGreaterThanOrEqual(plain.calls.length * 5);
  });
});
