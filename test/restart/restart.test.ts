// Every call, in every state in which it can wait or be left, is restartable: see `proof.ts`.
import { describe, expect, it } from "vitest";
import type { Actor } from "../support/play.ts";
import { type SyscallClass, syscallFacts, type SyscallName } from "../../src/abi/index.ts";
import {
  type Disturbed,
  disturbAlways,
  disturbEverywhere,
  disturbTogether,
  type Scenario,
  undisturbed,
} from "./proof.ts";
import { furtherScenarios, scenarios } from "./scenario/index.ts";
import type { Surgeon } from "./surgeon.ts";

/** A scenario that serves several calls is played once. */
function remembered<T>(play: (scenario: Scenario) => T): (scenario: Scenario) => T {
  const known = new Map<Scenario, T>();
  return (scenario) => {
    const found = known.get(scenario) ?? play(scenario);
    known.set(scenario, found);
    return found;
  };
}

const rebuild = (surgeon: Surgeon, actor: Actor) => surgeon.rebuild(actor);
const rebuiltEverywhere = remembered((scenario) => disturbEverywhere(scenario, rebuild));
const rebuiltTogether = remembered((scenario) => disturbTogether(scenario, rebuild));
const rebuiltAlways = remembered((scenario) => disturbAlways(scenario, rebuild) ?? "the same");

function failuresOf(results: readonly Disturbed[]): string[] {
  return results
    .filter(({ difference }) => difference !== undefined)
    .map((one) => `${one.patient} at event ${one.event}, ${one.point}: ${one.difference}`);
}

/** Stages that need a partner who is away: `absence.test.ts` rebuilds a server there. */
const onlyWithAbsence: Readonly<Partial<Record<SyscallName, readonly SyscallName[]>>> = {
  replyAndReceive: ["replyAndReceive"],
  reply: ["reply"],
};

/** A long call is left between two steps; a call of several stages waits at each, or is ready to. */
function isStage(kind: SyscallClass, stage: SyscallName): (point: string) => boolean {
  const left = kind === "long" ? ["begun"] : waitingStates;
  return (point) => left.some((state) => point === `${stage}@${state}`);
}

const waitingStates = [
  "sending",
  "receiving",
  "awaitingReply",
  "waitingNotification",
  "lockingMutex",
  "waitingCondition",
  "waitingFutex",
  "sleeping",
];

describe.each(Object.entries(scenarios))("%s", (name, scenario) => {
  it("is made in its scenario", () => {
    expect(undisturbed(scenario).calls).toContain(name satisfies string as SyscallName);
  });

  it("ends the same when any thread is rebuilt from its state ahead of any event", () => {
    const results = rebuiltEverywhere(scenario);
    expect(failuresOf(results)).toEqual([]);
    expect(results.length).toBeGreaterThan(0);
  });

  it("ends the same when all its threads are rebuilt ahead of any event", () => {
    expect(rebuiltTogether(scenario)).toEqual([]);
  });

  it("ends the same when every thread is rebuilt ahead of every event", () => {
    expect(rebuiltAlways(scenario)).toBe("the same");
  });

  it("was rebuilt before it began, and at each stage that its facts name", () => {
    const met = rebuiltEverywhere(scenario).map(({ point }) => point);
    expect(met).toContain(`${name}@running`);
    const facts = syscallFacts[name as SyscallName];
    const missing = facts.stages.filter((stage) => !met.some(isStage(facts.class, stage)));
    expect(missing).toEqual(onlyWithAbsence[name as SyscallName] ?? []);
  });

  it("was rebuilt at every point that the scenario names", () => {
    const met = new Set(rebuiltEverywhere(scenario).map(({ point }) => point));
    expect(scenario.points.filter((point) => !met.has(point))).toEqual([]);
  });
});

describe.each(Object.entries(furtherScenarios))("%s", (_, scenario) => {
  it("ends the same when any thread is rebuilt from its state ahead of any event", () => {
    const results = rebuiltEverywhere(scenario);
    expect(failuresOf(results)).toEqual([]);
    const met = new Set(results.map(({ point }) => point));
    expect(scenario.points.filter((point) => !met.has(point))).toEqual([]);
  });
});
