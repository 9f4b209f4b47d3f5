// Nothing is left behind: when a scenario is over, and its spaces are destroyed, the kernel holds as
// many rows of every kind as it did before; so it does when they are destroyed in the middle.
import { describe, expect, it } from "vitest";
import { Kind, Status } from "../../src/abi/index.ts";
import { verify } from "../../src/kernel/verify.ts";
import type { Play } from "../support/play.ts";
import { begin, type Scenario, undisturbed } from "./proof.ts";
import { furtherScenarios, scenarios } from "./scenario/index.ts";

const nothing: Scenario = { stage: () => {}, points: [] };

/** Destroys every space of a play, in an order; answers how many rows are left of each kind. */
function rowsLeft(play: Play, order: "first made first" | "last made first"): number[] {
  const { bench } = play;
  const space = bench.space();
  const undertaker = bench.thread(space, 31);
  bench.grant(space, Kind.space, space, { slot: 1 });
  const spaces = order === "first made first" ? play.spaces : play.spaces.toReversed();
  for (const { row } of spaces) {
    bench.grant(space, Kind.space, row, { slot: 2 });
    bench.makeAs(undertaker, "objectDestroy", { a0: 2 });
    bench.goOn();
    expect(bench.answer(undertaker).status).toBe(Status.ok);
    bench.makeAs(undertaker, "capabilityDelete", { a0: 2 });
    verify(bench.look());
  }
  return bench.liveCounts();
}

const all = new Map<Scenario, string>();
for (const [name, scenario] of Object.entries({ ...scenarios, ...furtherScenarios })) {
  if (!all.has(scenario)) all.set(scenario, name);
}

describe.each([...all].map(([scenario, name]) => [name, scenario] as const))(
  "%s",
  (_, scenario) => {
    const before = rowsLeft(begin(nothing).play, "first made first");

    it("leaves no row behind at its end", () => {
      const { play } = begin(scenario);
      play.run();
      expect(rowsLeft(play, "first made first")).toEqual(before);
    });

    it.each(["first made first", "last made first"] as const)(
      "leaves no row behind when its spaces are destroyed in the middle, %s",
      (order) => {
        const { eventCount } = undisturbed(scenario);
        // The long scenarios repeat themselves: a stride that is prime to their rounds is enough.
        const stride = eventCount > 150 ? 7 : 1;
        for (let at = 0; at <= eventCount; at += stride) {
          const { play } = begin(scenario);
          for (let event = 0; event < at; event++) play.step();
          if (play.bench.look().portalDepth > 0) continue;
          expect(rowsLeft(play, order), `destroyed ahead of event ${at}`).toEqual(before);
        }
      },
    );
  },
);
