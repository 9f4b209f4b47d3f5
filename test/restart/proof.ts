// The proof by enumeration: a scenario is played undisturbed, then again and again, each time with one
// of its threads taken out and rebuilt ahead of one event, until every (event, thread) has had its
// turn. Every run must export the same state. An event is always pending, so that every step of every
// long call ends an event.
import { isDeepStrictEqual } from "node:util";
import { Preemption, type Techniques } from "../../src/kernel/index.ts";
import { KernelBench } from "../support/kernel-bench.ts";
import { type Actor, Play } from "../support/play.ts";
import { type Exported, exportedState } from "../support/exported-state.ts";
import { Surgeon } from "./surgeon.ts";

export interface Scenario {
  /** Builds spaces, objects and programs. */
  readonly stage: (play: Play) => void;
  /** Points, as `Play.pointOf` names them, at which some thread must have been rebuilt. */
  readonly points: readonly string[];
  /** Names of the threads to rebuild, when not all. */
  readonly patients?: readonly string[];
  /** Events between two rebuilds in one run, where each wakes a thread early and makes new events. */
  readonly rebuildPeriod?: number;
}

const limits = { threads: 240, capabilityPages: 40, spaces: 16 };

export interface Run {
  readonly play: Play;
  readonly surgeon: Surgeon;
  /** Another one, for when the first has a thread out. */
  readonly assistant: Surgeon;
}

export function begin(
  scenario: Scenario,
  techniques: Partial<Techniques> = {},
  preemption: Preemption = Preemption.full,
): Run {
  const bench = new KernelBench({ limits, techniques, preemption });
  bench.eventPending[0] = 1;
  const play = new Play(bench);
  const surgeon = new Surgeon(play);
  const assistant = new Surgeon(play);
  scenario.stage(play);
  return { play, surgeon, assistant };
}

export interface Undisturbed {
  readonly state: Exported;
  readonly eventCount: number;
  readonly patients: readonly string[];
  readonly calls: ReadonlySet<string>;
}

export function undisturbed(scenario: Scenario, techniques: Partial<Techniques> = {}): Undisturbed {
  const { play } = begin(scenario, techniques);
  let eventCount = 0;
  play.run((event) => (eventCount = event));
  const calls = new Set<string>(play.actors.flatMap((actor) => actor.calls));
  const patients = scenario.patients ?? play.actors.map((actor) => actor.name);
  return { state: exportedState(play), eventCount, patients, calls };
}

/** A thread, and an event ahead of which something can be done to it. */
export interface Moment {
  readonly event: number;
  readonly patient: string;
}

/** Where a thread stays, event after event, while others act: one such moment stands for all. */
const idle: ReadonlySet<string> = new Set(["user@ready", "threadSleep@sleeping", "gone"]);

/** Every moment of a scenario, but for the repetitions of an idle thread. */
export function momentsOf(scenario: Scenario, techniques: Partial<Techniques> = {}): Moment[] {
  const { patients } = undisturbed(scenario, techniques);
  const { play } = begin(scenario, techniques);
  const actors = play.actors.filter(({ name }) => patients.includes(name));
  const moments: Moment[] = [];
  const last = new Map<string, string>();
  play.run((event) => {
    for (const actor of actors) {
      const point = play.isGone(actor) ? "gone" : play.pointOf(actor);
      const isRepeated = last.get(actor.name) === point && idle.has(point);
      last.set(actor.name, point);
      if (!isRepeated) moments.push({ event, patient: actor.name });
    }
  });
  return moments;
}

/** A point at which a thread was disturbed, and how the end differed, if it did. */
export interface Disturbed {
  readonly event: number;
  readonly patient: string;
  readonly point: string;
  readonly difference: string | undefined;
}

type Operation = (surgeon: Surgeon, actor: Actor) => boolean;

/** Plays the scenario once for every event and patient, with the operation there. */
export function disturbEverywhere(
  scenario: Scenario,
  operation: Operation,
  techniques: Partial<Techniques> = {},
): Disturbed[] {
  const expected = undisturbed(scenario, techniques);
  const results: Disturbed[] = [];
  for (const moment of momentsOf(scenario, techniques)) {
    const result = disturbOnce(scenario, { ...moment, operation, techniques, expected });
    if (result !== undefined) results.push(result);
  }
  return results;
}

/** Plays the scenario once for every event, with the operation on all patients there. */
export function disturbTogether(scenario: Scenario, operation: Operation): string[] {
  const expected = undisturbed(scenario);
  const differences: string[] = [];
  for (const at of new Set(momentsOf(scenario).map(({ event }) => event))) {
    const { play, surgeon } = begin(scenario);
    const patients = play.actors.filter(({ name }) => expected.patients.includes(name));
    play.run((event) => {
      if (event !== at) return;
      for (const actor of patients) if (!play.isGone(actor)) operation(surgeon, actor);
    });
    const difference = firstDifference(expected.state, exportedState(play));
    if (difference !== undefined) differences.push(`${at}: ${difference}`);
  }
  return differences;
}

/**
 * Plays the scenario once, with the operation on every patient ahead of every event. Long copies are
 * left alone: one whose parties are taken out again and again never comes to its end.
 */
export function disturbAlways(scenario: Scenario, operation: Operation): string | undefined {
  const expected = undisturbed(scenario);
  const { play, surgeon } = begin(scenario);
  const patients = play.actors.filter(({ name }) => expected.patients.includes(name));
  play.run((event) => {
    if (event % (scenario.rebuildPeriod ?? 1) !== 0) return;
    const present = patients.filter((actor) => !play.isGone(actor));
    if (present.some((actor) => play.isCopying(actor))) return;
    for (const actor of present) operation(surgeon, actor);
  }, expected.eventCount * 20);
  return firstDifference(expected.state, exportedState(play));
}

interface Disturbance extends Moment {
  readonly operation: Operation;
  readonly techniques: Partial<Techniques>;
  readonly expected: Undisturbed;
}

function disturbOnce(scenario: Scenario, how: Disturbance): Disturbed | undefined {
  const { play, surgeon } = begin(scenario, how.techniques);
  let point: string | undefined;
  let error: string | undefined;
  try {
    play.run((event) => {
      if (event !== how.event) return;
      const actor = play.actors.find((one) => one.name === how.patient)!;
      const met = play.isGone(actor) ? "gone" : play.pointOf(actor);
      if (how.operation(surgeon, actor)) point = met;
    });
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    point ??= "failed";
  }
  if (point === undefined) return undefined;
  const difference = error ?? firstDifference(how.expected.state, exportedState(play));
  return { event: how.event, patient: how.patient, point, difference };
}

/** The first place in which two exported states differ, as text, or undefined. */
export function firstDifference(expected: unknown, found: unknown, path = ""): string | undefined {
  if (isDeepStrictEqual(expected, found)) return undefined;
  const isPair = isRecord(expected) && isRecord(found);
  if (!isPair) return `${path}: ${JSON.stringify(expected)} became ${JSON.stringify(found)}`;
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const difference = firstDifference(expected[key], found[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
