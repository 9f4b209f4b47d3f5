// Every interleaving of a small case: all orders in which messages arrive, requests are made, views begin and cores
// fail, as far as channels allow them. Worlds that are equal are looked at once, whichever way they were come by.
import { checkAlways, checkLost, checkQuiet, checkUnnamed } from "./checks.ts";
import { showPath } from "./show.ts";
import { Violation } from "./violation.ts";
import type { Action, Physics, World } from "./world.ts";

/** How far a run has come. */
export interface Run {
  readonly physics: Physics;
  readonly start: World;
  /** The world in which the last action was taken. */
  readonly world: World;
  readonly path: Path | undefined;
}

export interface Explored {
  readonly states: number;
  readonly quiet: number;
  /** Broken promise, and the shortest way to it that was met. */
  readonly failure?: Failure;
  readonly isComplete: boolean;
}

export interface Failure {
  readonly promise: string;
  readonly path: readonly string[];
  /** States of the cores before the last action, or in the world that is wrong. */
  readonly cores: readonly string[];
}

interface Visit {
  readonly world: World;
  readonly path: Path | undefined;
}

/** How a world was come by, the last action first. */
export interface Path {
  readonly action: Action;
  readonly before: Path | undefined;
}

export function explore(start: World, physics: Physics, statesMax = 5_000_000): Explored {
  const seen = new Set<number>([keyOf(start)]);
  const open: Visit[] = [{ world: start, path: undefined }];
  let quiet = 0;
  while (open.length > 0 && seen.size < statesMax) {
    const { world, path } = open.pop()!;
    let last = path;
    try {
      const actions = physics.actions(world);
      if (isQuiet(actions)) {
        quiet++;
        checkQuiet(physics, world);
      }
      for (const action of actions) {
        last = { action, before: path };
        const after = take(physics, world, action);
        const key = keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        open.push({ world: after, path: last });
      }
    } catch (error) {
      const failure = failureOf(error, { physics, start, world, path: last });
      return { states: seen.size, quiet, failure, isComplete: false };
    }
  }
  return { states: seen.size, quiet, isComplete: open.length === 0 };
}

/** Nothing is due: what may still happen is up to programs and fate. */
export function isQuiet(actions: readonly Action[]): boolean {
  return actions.every(({ kind }) => kind === "step" || kind === "fault");
}

/** One action, with the checks on what it did. */
export function take(physics: Physics, world: World, action: Action): World {
  const after = physics.apply(world, action);
  checkLost(physics, world, action, after);
  checkAlways(physics, after);
  for (const object of after.ended) checkUnnamed(physics, after, object);
  return after;
}

/** What a run failed with: a broken promise, or an assertion of the monitors themselves. Anything else is thrown on. */
export function failureOf(error: unknown, run: Run): Failure {
  if (!(error instanceof Error)) throw error;
  if (!(error instanceof Violation) && !/^(?:Protocol|Assertion)/.test(error.name)) throw error;
  const actions: Action[] = [];
  for (let at = run.path; at !== undefined; at = at.before) actions.unshift(at.action);
  const path = showPath(run.physics, run.start, actions);
  return { promise: error.message, path, cores: run.world.cores };
}

/** 53 bits of a world: two different ones among millions hardly ever agree in all. */
function keyOf(world: World): number {
  const text = JSON.stringify([
    world.cores,
    world.channels,
    world.views.length,
    world.steps,
    world.faults,
    world.history,
  ]);
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}
