// What acts on a thread never waits for what the thread does: reading its state and interrupting it
// come back at once, at every point of every scenario, and leave a kernel in which the rest goes on.
import { describe, expect, it } from "vitest";
import { Status } from "../../src/abi/index.ts";
import { verify } from "../../src/kernel/verify.ts";
import { begin, type Disturbed, disturbEverywhere, momentsOf, type Scenario } from "./proof.ts";
import { furtherScenarios, scenarios } from "./scenario/index.ts";

const all = new Map<Scenario, string>();
for (const [name, scenario] of Object.entries({ ...scenarios, ...furtherScenarios })) {
  if (!all.has(scenario)) all.set(scenario, name);
}
const named = [...all].map(([scenario, name]) => [name, scenario] as const);

describe.each(named)("%s", (_, scenario) => {
  it("ends the same when a thread's state is read ahead of any event", () => {
    const results = disturbEverywhere(scenario, (surgeon, actor) => surgeon.examine(actor));
    expect(results.filter(changed)).toEqual([]);
  });

  it("comes to an end when a thread is interrupted ahead of any event", () => {
    for (const { event, patient } of momentsOf(scenario)) interruptAt(scenario, patient, event);
  });
});

function changed({ difference }: Disturbed): boolean {
  return difference !== undefined;
}

/** The surgeon asserts that its call ended while it ran. */
function interruptAt(scenario: Scenario, patient: string, at: number): void {
  const { play, surgeon } = begin(scenario);
  play.run((event) => {
    const actor = play.actors.find((one) => one.name === patient)!;
    if (event !== at || play.isGone(actor)) return;
    const isWaiting = /@(sending|receiving|awaiting|replying|transfer|waiting|locking|sleeping)/u;
    const point = play.pointOf(actor);
    const status = surgeon.interrupt(actor);
    const expected = isWaiting.test(point) ? Status.ok : Status.wrongState;
    if (status !== undefined) expect(`${point}: ${status}`).toBe(`${point}: ${expected}`);
  });
  verify(play.bench.look());
}
