// The fast path adds no behaviour: two kernels, one with it and one without, make the same random calls
// and export the same state whenever nothing is left unwritten.
import { describe, expect, it } from "vitest";
import { Kind, Status } from "../../abi/index.ts";
import { Random } from "../../base/random.ts";
import { exportedState } from "../../../test/support/exported-state.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import {
  fillPattern,
  type LongMessage,
  putDescriptor,
} from "../../../test/support/long-message.ts";
import { make, Play, type Program } from "../../../test/support/play.ts";
import { PortalForm } from "../object/endpoint.ts";
import { verify } from "../verify.ts";

/** Where programs put the descriptors to send and to receive with, and their buffers. */
const sent = 64;
const room = 320;
const body = 640;
const landing = 1024;
const memoryBytes = 2048;

/** A program's long messages: mostly one direct string, sometimes bad, sometimes of another form. */
class Correspondence {
  readonly #bench: KernelBench;
  readonly #space: number;
  readonly #random: Random;

  constructor(bench: KernelBench, space: number, random: Random) {
    this.#bench = bench;
    this.#space = space;
    this.#random = random;
    fillPattern(bench, space, [body, 300], space);
  }

  /** Something to send: the address of its descriptor, or 0. */
  toSend(): number {
    if (this.#random.chance(1, 3)) return 0;
    const bytes = this.#random.below(200);
    const plain: LongMessage = { direct: [body, bytes] };
    const message = this.#random.pick<LongMessage>([
      plain,
      plain,
      plain,
      plain,
      { direct: [body + (bytes & 3), bytes] },
      { words: [body, 3], direct: [body, bytes] },
      { direct: [memoryBytes - 50, bytes] },
      { indirect: [[body, bytes]] },
      { direct: [sent, 44] },
    ]);
    return putDescriptor(this.#bench, this.#space, sent, message) + this.#unaligned();
  }

  /** Somewhere to receive: the address of its descriptor, or 0. */
  toReceive(): number {
    if (this.#random.chance(1, 4)) return 0;
    const plain: LongMessage = { direct: [landing, 160] };
    const message = this.#random.pick<LongMessage>([
      plain,
      plain,
      plain,
      plain,
      { direct: [landing, this.#random.below(200)] },
      { words: [landing + 300, 4], direct: [landing, 256] },
      { direct: [room, 128] },
      { direct: [landing, memoryBytes] },
    ]);
    return putDescriptor(this.#bench, this.#space, room, message) + this.#unaligned();
  }

  #unaligned(): number {
    return this.#random.chance(1, 30) ? 2 : 0;
  }
}

interface Doors {
  readonly plain: number;
  readonly through: number;
  readonly endpoint: number;
}

/** Two clients call portals, one of which calls the other, and a server that receives. */
function stage(seed: number, fastPath: boolean): Play {
  const play = new Play(new KernelBench({ techniques: { fastPath } }));
  const [first, second, server] = [1, 2, 3].map((n) => play.space(`${n}`, memoryBytes));
  const letters = (space: number) =>
    new Correspondence(play.bench, space, new Random(seed, `letters ${space}`));
  const portal = (space: number, handler: number, descriptor = 0) =>
    play.own(`portal${handler}`, Kind.endpoint, space, [PortalForm.portal, handler, descriptor])
      .row;
  const plain = portal(second, 1, room);
  putDescriptor(play.bench, second, room, { direct: [landing, 128] });
  const nested = play.bench.grant(first, Kind.endpoint, plain, { badge: 5 });
  const through = portal(first, 2);
  play.portal(1, answerPlain(new Random(seed, "plain"), letters(second)));
  play.portal(2, answerThrough(nested));
  const { row, slot } = play.own("endpoint", Kind.endpoint, server);
  for (const [name, priority] of [
    ["one", 10],
    ["two", 11],
  ] as const) {
    const space = play.space(name, memoryBytes);
    const grant = (object: number) => play.bench.grant(space, Kind.endpoint, object, { badge: 7 });
    const doors = { plain: grant(plain), through: grant(through), endpoint: grant(row) };
    play.cast(name, space, priority, client(new Random(seed, name), doors, letters(space)));
  }
  play.cast("server", server, 12, serve(slot, letters(server)));
  return play;
}

function answerPlain(random: Random, letters: Correspondence) {
  return function* ({ label, badge }: { label: number; badge: number }) {
    // Most answers come at once, and leave the fast path nothing to write down.
    if (random.chance(1, 4)) yield* make("clockRead");
    const a1 = random.chance(1, 2) ? 0 : letters.toSend();
    // The next message finds room again, of some form: what came has taken the place of the last.
    letters.toReceive();
    return { a1, label: label + 1, words: [badge, random.below(100)] };
  };
}

function answerThrough(nested: number) {
  return function* ({ label }: { label: number }) {
    const { label: inner } = yield* make("call", { a0: nested, label });
    return { label: inner, words: [label] };
  };
}

function* client(random: Random, doors: Doors, letters: Correspondence): Program {
  let sum = 0;
  for (let i = 0; i < 200; i++) {
    const a0 = random.pick([doors.plain, doors.plain, doors.through, doors.endpoint, 999]);
    const receiveTimeout = random.chance(1, 10) ? 5000 : -1;
    const words = [i, random.next() | 0];
    const isShort = random.chance(1, 2);
    const [a1, a2] = isShort ? [0, 0] : [letters.toSend(), letters.toReceive()];
    const answer = yield* make("call", { a0, a1, a2, label: i, words, receiveTimeout });
    sum = (sum * 31 + answer.label + answer.status) | 0;
    if (random.chance(1, 20))
      yield* make("threadSleep", { receiveTimeout: random.below(3000) + 1 });
  }
  return sum;
}

function* serve(a0: number, letters: Correspondence): Program {
  let message = yield* make("receive", { a0 });
  for (;;) {
    const [a1, a2] = [letters.toSend(), letters.toReceive()];
    message = yield* make("replyAndReceive", { a0, a1, a2, label: message.label + 2 });
    // An answer that is refused is given again, short.
    if (message.status !== Status.ok) message = yield* make("replyAndReceive", { a0, label: 1 });
  }
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
