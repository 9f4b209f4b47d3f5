// The simulator at the size of a CI run: hundreds of seeds, the kept ones, every cell of the coverage
// table that can occur, and every planted defect. The simulator runs in processes of its own, at the
// speed that a user of `npm run sim` sees.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { defects } from "../../sim/defect/defects.ts";
import { keptSeeds } from "../../sim/seeds.ts";

const root = resolve(import.meta.dirname, "..", "..");

interface Summary {
  readonly seeds: number;
  readonly events: number;
  readonly failed: readonly { readonly message: string }[];
  readonly missing: readonly unknown[];
  readonly surprising: readonly unknown[];
}

/** Runs a program of the simulator; a run that fails has printed its summary all the same. */
function print(...args: string[]): string {
  // A kernel that never ends must fail the test, not hold it up.
  const timeout = 280_000;
  const options = { cwd: root, encoding: "utf8", maxBuffer: 64 << 20, timeout } as const;
  try {
    return execFileSync(process.execPath, args, options);
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}

function simulate(...args: string[]): Summary {
  // The shape is that of `sim/main.ts --json`, which is the other half of this test.
  return JSON.parse(print("sim/main.ts", "--json", ...args)) as Summary;
}

describe("the simulator", () => {
  it.each(keptSeeds)("no longer finds with seed $seed that $found", ({ seed, events }) => {
    expect(simulate("--seed", `${seed}`, "--events", `${events}`).failed).toEqual([]);
  });

  it("passes seeds 1 to 600 and reaches every cell that can occur", () => {
    const { failed, missing, surprising } = simulate("--seeds", "600", "--coverage");
    expect({ failed, missing, surprising }).toEqual({ failed: [], missing: [], surprising: [] });
  }, 600_000);

  it("finds no difference between the fast path and the slow one in 60 seeds", () => {
    const { failed } = simulate("--seed", "1001", "--seeds", "60", "--differential");
    expect(failed).toEqual([]);
  }, 600_000);

  it.each(["--no-lazy-queues", "--no-direct-switch", "--slow-path"])(
    "passes 40 seeds with %s",
    (off) => {
      expect(simulate("--seed", "2001", "--seeds", "40", off).failed).toEqual([]);
    },
    300_000,
  );
});

describe("a planted defect", () => {
  const found = new Map<string, string>();

  beforeAll(() => {
    for (const line of print("sim/defect/main.ts").trimEnd().split("\n")) {
      // One object per line, as `sim/defect/main.ts` prints them.
      const shown = JSON.parse(line) as { readonly name: string; readonly found: string };
      found.set(shown.name, shown.found);
    }
  }, 300_000);

  it.each(defects.map(({ place, name }) => [place, name] as const))(
    "in %s is found: %s",
    (_, name) => {
      expect(found.get(name)).toMatch(/^seed \d+, event \d+: /);
    },
  );
});
