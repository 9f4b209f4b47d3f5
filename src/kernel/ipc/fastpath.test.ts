// The fast path adds no behaviour: two kernels, one with it and one without, make the same random calls
// and export the same state whenever nothing is left unwritten.
import { describe, expect, it } from "vitest";
import { Kind } from "../../abi/index.ts";
import { Random } from "../../base/random.ts";
import { exportedState } from "../../../test/support/exported-state.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { make, Play, type Program } from "../../../test/support/play.ts";
import { PortalForm } from "../object/endpoint.ts";
import { verify } from "../verify.ts";

interface Doors {
  readonly plain: number;
  readonly through: number;
  readonly endpoint: number;
}

/** Two clients call portals, one of which calls the other, and a server that receives. */
function stage(seed: number, fastPath: boolean): Play {
  const play = new Play(new KernelBench({ techniques: { fastPath } }));
  const [first, second, server] = [1, 2, 3].map((n) => play.space(`${n}`, 1024));
  const portal = (space: number, handler: number) =>
    play.own(`portal${handler}`, Kind.endpoint, space, [PortalForm.portal, handler]).row;
  const plain = portal(second, 1);
  const nested = play.bench.grant(first, Kind.endpoint, plain, { badge: 5 });
  const through = portal(first, 2);
  play.portal(1, answerPlain(new Random(seed, "plain")));
  play.portal(2, answerThrough(nested));
  const { row, slot } = play.own("endpoint", Kind.endpoint, server);
  for (const [name, priority] of [
    ["one", 10],
    ["two", 11],
  ] as const) {
    const space = play.space(name, 1024);
    const grant = (object: number) => play.bench.grant(space, Kind.endpoint, object, { badge: 7 });
    const doors = { plain: grant(plain), through: grant(through), endpoint: grant(row) };
    play.cast(name, space, priority, client(new Random(seed, name), doors));
  }
  play.cast("server", server, 12, serve(slot));
  return play;
}

function answerPlain(random: Random) {
  return function* ({ label, badge }: { label: number; badge: number }) {
    // Most answers come at once, and leave the fast path nothing to write down.
    if (random.chance(1, 4)) yield* make("clockRead");
    return { label: label + 1, words: [badge, random.below(100)] };
  };
}

function answerThrough(nested: number) {
  return function* ({ label }: { label: number }) {
    const { label: inner } = yield* make("call", { a0: nested, label });
    return { label: inner, words: [label] };
  };
}

function* client(random: Random, doors: Doors): Program {
  let sum = 0;
  for (let i = 0; i < 200; i++) {
    const a0 = random.pick([doors.plain, doors.plain, doors.through, doors.endpoint, 999]);
    const receiveTimeout = random.chance(1, 10) ? 5000 : -1;
    const words = [i, random.next() | 0];
    const answer = yield* make("call", { a0, label: i, words, receiveTimeout });
    sum = (sum * 31 + answer.label + answer.status) | 0;
    if (random.chance(1, 20))
      yield* make("threadSleep", { receiveTimeout: random.below(3000) + 1 });
  }
  return sum;
}

function* serve(a0: number): Program {
  let message = yield* make("receive", { a0 });
  for (;;) message = yield* make("replyAndReceive", { a0, label: message.label + 2 });
}

describe("the fast path", () => {
  it.each([1, 2, 3, 4, 5, 6])("leaves the same state behind as the slow one (seed %i)", (seed) => {
    const fast = stage(seed, true);
    const plain = stage(seed, false);
    let compared = 0;
    let lazyEvents = 0;
    for (let event = 0; event < 4000; event++) {
      const isMore = fast.step();
      expect(plain.step()).toBe(isMore);
      if (!isMore) break;
      const { k } = fast.bench;
      expect(k.current).toBe(plain.bench.k.current);
      if (event % 8 === 0) verify(k);
      if (k.lazyCount > 0) lazyEvents++;
      else if (event % 32 === 0) {
        expect(exportedState(fast)).toEqual(exportedState(plain));
        compared++;
      }
    }
    expect(fast.actors.map(({ result }) => result)).toEqual(
      plain.actors.map(({ result }) => result),
    );
    expect(fast.actors[0]!.isDone && fast.actors[1]!.isDone).toBe(true);
    expect(Math.min(compared, lazyEvents)).toBeGreaterThan(10);
  });
});
