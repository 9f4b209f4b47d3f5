// A thread that is taken out may be away for a while, in which the others go on. What they do to it
// meanwhile finds it when it is back: an answer waits (`replying`) until its caller can take it.
import { describe, expect, it } from "vitest";
import { exportedState } from "../support/exported-state.ts";
import { begin, firstDifference, type Scenario, undisturbed } from "./proof.ts";
import { furtherScenarios, scenarios } from "./scenario/index.ts";

/** Scenarios in which nothing depends on who comes first while the thread is away. */
const patient: Readonly<Record<string, Scenario>> = {
  send: scenarios.send,
  receive: scenarios.receive,
  call: scenarios.call,
  replyAndReceive: scenarios.replyAndReceive,
  reply: scenarios.reply,
  saveReply: scenarios.saveReply,
  "a call that waits for a receiver to answer":
    furtherScenarios["a call that waits for a receiver to answer"],
};

/** Takes a thread out ahead of an event, lets the others run, and puts it back. */
function withAbsence(scenario: Scenario, who: string, at: number, met: Set<string>): unknown {
  const { play, surgeon } = begin(scenario);
  const { actors } = play;
  play.run((event) => {
    if (event !== at) return;
    const actor = actors.find(({ name }) => name === who)!;
    if (!surgeon.takeOut(actor)) return;
    play.runUntilStill();
    for (const other of actors) if (!play.isGone(other)) met.add(play.pointOf(other));
    surgeon.putBack(actor);
  });
  return exportedState(play);
}

describe.each(Object.entries(patient))("%s", (_, scenario) => {
  const expected = undisturbed(scenario);

  it.each(expected.patients)("ends the same when %s is away for a while", (who) => {
    const differences: string[] = [];
    for (let at = 0; at <= expected.eventCount; at++) {
      const difference = firstDifference(expected.state, withAbsence(scenario, who, at, new Set()));
      if (difference !== undefined) differences.push(`${at}: ${difference}`);
    }
    expect(differences).toEqual([]);
  });
});

describe("an answer to a caller that is away", () => {
  function pointsMet(scenario: Scenario): Set<string> {
    const met = new Set<string>();
    const { eventCount } = undisturbed(scenario);
    for (let at = 0; at <= eventCount; at++) withAbsence(scenario, "client", at, met);
    return met;
  }

  it("waits in replyAndReceive", () => {
    expect(pointsMet(scenarios.replyAndReceive)).toContain("replyAndReceive@replying");
  });

  it("waits in reply", () => {
    expect(pointsMet(scenarios.reply)).toContain("reply@replying");
  });
});

describe("a server that waits to answer", () => {
  /** The caller is away, its server is rebuilt while it waits, and the caller comes back. */
  function rebuiltMeanwhile(scenario: Scenario, at: number): unknown {
    const { play, surgeon, assistant } = begin(scenario);
    play.run((event) => {
      if (event !== at) return;
      const client = play.actors.find(({ name }) => name === "client")!;
      const server = play.actors.find(({ name }) => name === "server")!;
      if (!surgeon.takeOut(client)) return;
      play.runUntilStill();
      assistant.rebuild(server);
      play.runUntilStill();
      surgeon.putBack(client);
    });
    return exportedState(play);
  }

  it.each([
    ["call", scenarios.call],
    ["replyAndReceive", scenarios.replyAndReceive],
    ["reply", scenarios.reply],
  ])("is rebuilt like any other thread, in the scenario of %s", (_, scenario) => {
    const { state, eventCount } = undisturbed(scenario);
    for (let at = 0; at <= eventCount; at++) {
      expect(firstDifference(state, rebuiltMeanwhile(scenario, at))).toBeUndefined();
    }
  });
});
