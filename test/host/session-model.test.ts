// Every part of a session is lost at every point, in any order of events, and the client is never told
// anything wrong, the server never asked too much.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelWorld } from "./model-world.ts";

const seed = Number(process.env["SEED"] ?? 2026);

/** What a run is made of: which of the possible steps is next. */
type Choice = readonly [what: number, which: number];

const lossPerMille = 40;

function play(world: ModelWorld, [what, which]: Choice): void {
  const { client } = world;
  if (what < lossPerMille) world.loseChild(which);
  else if (what < lossPerMille * 2) world.loseHolder();
  else if (what < lossPerMille * 3) world.loseConnection();
  else if (what < lossPerMille * 3.5) world.cutLog();
  else if (what < 220 && client.isReady) client.call({ steps: which % 4, questions: which % 3 });
  else if (what < 260 && client.isReady) client.set(which);
  else if (what < 275 && client.waiting.length > 0) {
    client.cancel(client.waiting[which % client.waiting.length]!);
  } else advance(world, which);
}

function advance(world: ModelWorld, which: number): boolean {
  const steps = world.steps();
  if (steps.length === 0) return false;
  const [, act] = steps[which % steps.length]!;
  act(which >>> 4);
  return true;
}

/** Nothing more is lost: all that is under way comes to its end. */
function settle(world: ModelWorld): void {
  for (let i = 0; i < 20_000; i++) if (!advance(world, i * 17)) return;
  throw new Error("it never comes to an end");
}

function check(world: ModelWorld): void {
  const { client, children, child } = world;
  expect(world.wrong).toEqual([]);
  expect(client.wrong).toEqual([]);
  for (const one of children) expect(one.wrong).toEqual([]);
  expect(client.waiting).toEqual([]);
  expect(client.openQuestions).toBe(0);
  expect(child!.subscriptions).toEqual(client.subscriptions);
  expect(child!.level).toBe(client.level);
}

describe(`a session of which anything may be lost (seed ${seed})`, () => {
  it("answers each request once, and goes on", () => {
    const choice = fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 100_000 }));
    fc.assert(
      fc.property(fc.array(choice, { minLength: 20, maxLength: 400, size: "max" }), (choices) => {
        const world = new ModelWorld();
        for (const one of choices) play(world, one);
        settle(world);
        check(world);
      }),
      { seed, numRuns: 300 },
    );
  });

  it("tells a server whose state is in its memory all that was answered, before it goes on", () => {
    const choice = fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 100_000 }));
    fc.assert(
      fc.property(fc.array(choice, { minLength: 20, maxLength: 300, size: "max" }), (choices) => {
        const world = new ModelWorld(true);
        for (const one of choices) play(world, one);
        settle(world);
        check(world);
        const calls = [...world.client.sent].filter(([, { method }]) => method === "tools/call");
        const done = calls.filter(([, { isCancelled }]) => !isCancelled).map(([id]) => id);
        expect(done.filter((id) => !world.child!.begun.includes(id))).toEqual([]);
      }),
      { seed, numRuns: 200 },
    );
  });

  it("survives a loss at each single step of a run", () => {
    const losses = ["loseChild", "loseHolder", "loseConnection"] as const;
    for (const loss of losses) {
      for (let at = 0; ; at++) {
        const world = new ModelWorld();
        if (!runWithLoss(world, loss, at)) break;
        check(world);
      }
    }
  });

  it("repeats nothing that was answered", () => {
    const world = new ModelWorld();
    for (let i = 0; i < 12; i++) {
      settle(world);
      const done = [...world.client.sent.keys()];
      world.client.call({ steps: 2, questions: 1 });
      if (i % 2 === 0) world.loseHolder();
      else world.loseChild(0);
      settle(world);
      const again = world.child!.begun.filter((id) => done.includes(id as number) && id !== 0);
      expect(again).toEqual([]);
    }
    check(world);
  });
});

/** One request with progress and a question, and a loss before step `at`. False: it ends before that. */
function runWithLoss(
  world: ModelWorld,
  loss: "loseChild" | "loseHolder" | "loseConnection",
  at: number,
): boolean {
  for (let i = 0, isCalled = false; i < 500; i++) {
    if (i === at) {
      world[loss](i);
    }
    if (!isCalled && world.client.isReady) {
      isCalled = true;
      world.client.set(2);
      world.client.call({ steps: 3, questions: 2 });
    }
    if (!advance(world, 0)) return i >= at;
  }
  throw new Error("it never comes to an end");
}
