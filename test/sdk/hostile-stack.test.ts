// A hostile program that uses up its stack and then makes every kernel call with bad arguments, at every
// depth near the end: directly, and in a portal, which runs on its caller's stack. It may trap; the
// kernel may not be harmed, which `verify` says after each of its calls.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Sighting } from "./hostile-child.ts";

/** Which of its compilers the engine uses decides how large the frames are. */
const compilers = [
  { compiler: "the baseline compiler", flags: ["--liftoff-only"] },
  { compiler: "the optimising compiler", flags: ["--no-liftoff"] },
  { compiler: "one compiler after the other", flags: [] },
];

const child = fileURLToPath(new URL("hostile-child.ts", import.meta.url));

async function run(flags: readonly string[], scenario: string, model: string): Promise<Sighting> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    child,
    scenario,
    model,
  ]);
  return JSON.parse(stdout) as Sighting; // the child writes a Sighting
}

const models = ["process", "interrupt"] as const;

describe.each(compilers)("a hostile program, compiled by $compiler", ({ flags }) => {
  it.each(models)("harms no kernel from a portal in the %s model", async (model) => {
    const { answers, overflows, oddCodes } = await run(flags, "portal", model);
    expect(oddCodes).toEqual([]);
    expect(Math.min(answers, overflows)).toBeGreaterThan(100);
  });

  it.each(models)(
    "harms no kernel from its own stack in the %s model",
    async (model) => {
      const { answers, overflows, oddCodes } = await run(flags, "direct", model);
      expect(oddCodes).toEqual([]);
      expect(Math.min(answers, overflows)).toBeGreaterThan(0);
    },
    300_000,
  );
});
