// One random run of a larger case: more cores, objects and requests than can be explored whole. A seed decides
// everything. At the end all that is due happens, and nothing may be left over.
import { Random } from "../../src/base/index.ts";
import type { Protocols } from "../../src/monitor/index.ts";
import { checkQuiet } from "./checks.ts";
import { type Failure, failureOf, take, type Path } from "./explore.ts";
import { type Action, type Fault, newWorld, Physics, type World } from "./world.ts";
import type { Step } from "./wish.ts";

export interface RandomOptions {
  readonly cores: number;
  /** Requests that are tried; those that make no sense at their time are left out. */
  readonly requests: number;
  readonly faults: number;
}

export interface RandomRun {
  readonly seed: number;
  readonly actions: number;
  readonly failure?: Failure;
}

export const usualOptions: RandomOptions = { cores: 5, requests: 30, faults: 3 };

export function runSeed(seed: number, options: RandomOptions, protocols: Protocols): RandomRun {
  const random = new Random(seed, "monitors");
  const physics = new Physics(protocols);
  const start = newWorld(options.cores, faultsOf(random, options));
  let world = start;
  let path: Path | undefined;
  let actions = 0;
  let requests = options.requests;
  try {
    for (;;) {
      const action = next(random, physics, world, requests > 0);
      if (action === undefined && requests === 0) break;
      if (action === undefined || action.kind === "step") requests--;
      if (action === undefined) continue;
      path = { action, before: path };
      world = take(physics, world, action);
      actions++;
    }
    checkQuiet(physics, world);
  } catch (error) {
    return { seed, actions, failure: failureOf(error, { physics, start, world, path }) };
  }
  return { seed, actions };
}

/** At most all but one core, each once. Only the last may join: whoever joins has a higher number than all before. */
function faultsOf(random: Random, { cores, faults }: RandomOptions): Fault[] {
  const victims = Array.from({ length: cores }, (_, core) => core);
  const chosen: Fault[] = [];
  for (let n = 0; n < Math.min(faults, cores - 1); n++) {
    const core = victims.splice(random.below(victims.length), 1)[0]!;
    const mayJoin = core === cores - 1 && random.chance(1, 2);
    const fails = random.chance(1, 3) ? "expel" : "crash";
    chosen.push({ kind: mayJoin ? "join" : fails, core });
  }
  return chosen;
}

/** What happens next; undefined if a request was drawn that cannot be made. */
function next(random: Random, physics: Physics, world: World, mayAsk: boolean): Action | undefined {
  const actions = physics.actions(world);
  const due = actions.filter(({ kind }) => kind === "deliver" || kind === "view");
  const faults = actions.filter(({ kind }) => kind === "fault");
  if (mayAsk && faults.length > 0 && random.chance(1, 60)) return random.pick(faults);
  if (due.length > 0 && (!mayAsk || random.chance(5, 6))) return random.pick(due);
  if (!mayAsk) return undefined;
  const step = wish(random, world.cores.length);
  const isPossible = physics.requestOf(world, step) !== undefined;
  return isPossible ? { kind: "step", step } : undefined;
}

function wish(random: Random, cores: number): Step {
  const core = random.below(cores);
  const to = random.below(cores);
  const pick = random.below(8);
  const drawn = random.below(20);
  if (drawn < 2) return { core, wish: { kind: "create", survives: random.chance(1, 2) } };
  if (drawn < 11) {
    return { core, wish: { kind: random.pick(["copy", "copy", "mint", "move"]), to, pick } };
  }
  if (drawn < 14) return { core, wish: { kind: "drop", pick } };
  if (drawn < 17) return { core, wish: { kind: "revoke", pick } };
  if (drawn < 19) return { core, wish: { kind: "rehome", to, pick } };
  return { core, wish: { kind: "destroy", pick } };
}
