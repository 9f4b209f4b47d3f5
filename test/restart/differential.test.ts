// Techniques that make the kernel faster change nothing that a program can see: every scenario exports
// the same state with each of them off, and when no event is ever let into a long call.
import { describe, expect, it } from "vitest";
import { Preemption, type Techniques } from "../../src/kernel/index.ts";
import { exportedState } from "../support/exported-state.ts";
import { begin, disturbEverywhere, firstDifference, undisturbed } from "./proof.ts";
import { furtherScenarios, scenarios } from "./scenario/index.ts";

const variants: readonly Partial<Techniques>[] = [
  { fastPath: false },
  { lazyQueues: false },
  { directSwitch: false },
  { fastPath: false, lazyQueues: false, directSwitch: false },
];

const all = Object.entries({ ...scenarios, ...furtherScenarios });

describe.each(all)("%s", (_, scenario) => {
  it.each(variants)("exports the same state with %o", (techniques) => {
    const plain = undisturbed(scenario);
    const other = undisturbed(scenario, techniques);
    expect(firstDifference(plain.state, other.state)).toBeUndefined();
  });

  it("exports the same state whether or not events are let into long calls", () => {
    const stepwise = undisturbed(scenario);
    for (const preemption of [Preemption.none, Preemption.partial]) {
      const { play } = begin(scenario, {}, preemption);
      play.run();
      expect(firstDifference(stepwise.state, exportedState(play))).toBeUndefined();
    }
  });
});

describe.each(Object.entries(furtherScenarios))("%s, without the fast path", (_, scenario) => {
  it("ends the same when any thread is rebuilt", () => {
    const operation = disturbEverywhere(scenario, (surgeon, actor) => surgeon.rebuild(actor), {
      fastPath: false,
    });
    expect(operation.filter(({ difference }) => difference !== undefined)).toEqual([]);
  });
});
