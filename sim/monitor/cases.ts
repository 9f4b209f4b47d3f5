// The small cases that are explored whole: a few cores, a script whose steps may be made in any order, and what may fail
// when. Each case is about one thing that overlaps with another. `prelude` is done first, in order, until all is quiet.
import { isQuiet } from "./explore.ts";
import { type Fault, newWorld, type Physics, type World } from "./world.ts";
import type { Step } from "./wish.ts";

export interface Case {
  readonly about: string;
  readonly cores: number;
  readonly prelude: readonly Step[];
  readonly steps: readonly Step[];
  readonly faults?: readonly Fault[];
  /** Branches that a core has room for, if it is about that. */
  readonly branchesMax?: number;
}

const create: Step = { core: 0, wish: { kind: "create", survives: false } };
const createSurviving: Step = { core: 0, wish: { kind: "create", survives: true } };

function step(core: number, kind: "drop" | "revoke" | "destroy", pick = 0): Step {
  return { core, wish: { kind, pick } };
}

function give(core: number, kind: "copy" | "mint" | "move", to: number, pick = 0): Step {
  return { core, wish: { kind, to, pick } };
}

function rehome(core: number, to: number): Step {
  return { core, wish: { kind: "rehome", to } };
}

function crash(core: number): Fault {
  return { kind: "crash", core };
}

function expel(core: number): Fault {
  return { kind: "expel", core };
}

function join(core: number): Fault {
  return { kind: "join", core };
}

export const cases: readonly Case[] = [
  {
    about: "a revoke while a copy of a copy is on its way",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [give(1, "copy", 2), step(0, "revoke"), give(2, "mint", 1)],
  },
  {
    about: "two revokes of the same tree, and a copy",
    cores: 3,
    prelude: [create, give(0, "copy", 1), give(1, "copy", 2)],
    steps: [step(0, "revoke"), step(1, "revoke"), give(1, "copy", 0)],
  },
  {
    about: "moves beside a revoke and a delete",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [give(1, "move", 2), give(2, "move", 0), step(0, "revoke"), step(1, "drop")],
  },
  {
    about: "the last copies are deleted while one is on its way",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [step(0, "drop"), give(1, "copy", 2), step(1, "drop"), step(2, "drop")],
  },
  {
    about: "the object ends while it is revoked and copied",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [give(1, "copy", 2), step(1, "destroy"), step(0, "revoke")],
  },
  {
    about: "the object moves while it is revoked, copied and deleted",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [rehome(0, 2), give(1, "copy", 2), step(0, "revoke")],
  },
  {
    about: "two moves of an object, and the last copy is deleted",
    cores: 3,
    prelude: [create, give(0, "move", 1)],
    steps: [rehome(1, 2), rehome(1, 1), step(1, "drop")],
  },
  {
    about: "any core dies while a copy of a copy is revoked",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [give(1, "copy", 2), step(0, "revoke")],
    faults: [crash(0), crash(1), crash(2)],
  },
  {
    about: "the core in the middle dies, and then its elder revokes",
    cores: 3,
    prelude: [create, give(0, "copy", 1), give(1, "copy", 2)],
    steps: [step(0, "revoke"), give(2, "copy", 0)],
    faults: [crash(1)],
  },
  {
    about: "the owner of an object that survives dies while it is revoked",
    cores: 3,
    prelude: [createSurviving, give(0, "copy", 1), give(1, "copy", 2)],
    steps: [step(1, "revoke"), give(1, "copy", 2)],
    faults: [crash(0)],
  },
  {
    about: "the owner dies with its object while a copy is on its way",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [give(1, "copy", 2), step(1, "drop")],
    faults: [crash(0)],
  },
  {
    about: "old owner, new owner or bystander dies while the object moves",
    cores: 3,
    prelude: [createSurviving, give(0, "copy", 2)],
    steps: [rehome(0, 1), step(2, "drop")],
    faults: [crash(0), crash(1), crash(2)],
  },
  {
    about: "an object that does not survive moves away from a core that dies",
    cores: 3,
    prelude: [create, give(0, "copy", 2)],
    steps: [rehome(2, 1), give(2, "copy", 1)],
    faults: [crash(0)],
  },
  {
    about: "a core that is expelled goes on",
    cores: 3,
    prelude: [createSurviving, give(0, "copy", 1)],
    steps: [give(1, "copy", 2), step(0, "revoke")],
    faults: [expel(0), expel(1)],
  },
  {
    about: "a destroy is overtaken by the death of whoever asked, or of the owner",
    cores: 3,
    prelude: [createSurviving, give(0, "copy", 1), give(0, "copy", 2)],
    steps: [step(1, "destroy"), step(2, "drop")],
    faults: [crash(0), crash(1)],
  },
  {
    about: "a core has no room for what is moved or copied to it",
    cores: 3,
    branchesMax: 1,
    prelude: [create],
    steps: [give(0, "move", 1), give(1, "copy", 2), give(2, "move", 1), step(0, "revoke")],
  },
  {
    about: "a core dies while what hung from another that died is being adopted",
    cores: 4,
    prelude: [create, give(0, "copy", 1), give(1, "copy", 2)],
    steps: [step(2, "drop")],
    faults: [crash(1), crash(3)],
  },
  {
    about: "an elder dies while the object moves, and its child asks the owner before",
    cores: 4,
    prelude: [
      { core: 1, wish: { kind: "create", survives: true } },
      give(1, "copy", 2),
      rehome(1, 0),
    ],
    steps: [rehome(2, 3)],
    faults: [crash(1)],
  },
  {
    about: "two objects, and a core that has both dies",
    cores: 3,
    prelude: [create, createSurviving, give(0, "copy", 1, 0), give(0, "copy", 1, 1)],
    steps: [give(1, "copy", 2, 0), give(1, "move", 2, 1), step(0, "revoke", 0)],
    faults: [crash(1)],
  },
  {
    about: "the owner dies, then the regent, while a revoke and a move are under way",
    cores: 3,
    prelude: [createSurviving, give(0, "copy", 2)],
    steps: [rehome(0, 1), step(0, "revoke")],
    faults: [crash(0), crash(1)],
  },
  {
    about: "a core joins while a copy is revoked, and is given one",
    cores: 3,
    prelude: [create, give(0, "copy", 1)],
    steps: [step(0, "revoke"), give(1, "copy", 2)],
    faults: [join(2)],
  },
  {
    about: "a core joins while the owner dies",
    cores: 3,
    prelude: [createSurviving, give(0, "copy", 1)],
    steps: [step(1, "drop"), give(1, "copy", 2)],
    faults: [join(2), crash(0)],
  },
];

/** The world in which a case begins. */
export function worldOf(
  { cores, prelude, steps, faults = [], branchesMax }: Case,
  physics: Physics,
): World {
  let world: World = { ...newWorld(cores, faults, branchesMax), faults: [] };
  for (const next of prelude) {
    world = physics.apply({ ...world, steps: [next] }, { kind: "step", step: next });
    for (;;) {
      const actions = physics.actions(world);
      if (isQuiet(actions)) break;
      world = physics.apply(world, actions[0]!);
    }
  }
  return { ...world, steps, faults };
}
