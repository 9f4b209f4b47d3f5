// Random traffic over simulated links: messages of every kind both ways, calls that are answered late, given up or
// never, and then a side that closes or dies. Whatever the order: what arrives is a beginning of what was sent, whole
// and in order; every call is settled once; and nobody waits for what will not come. Line numbers begin at
// zero, below it, or just below where they wrap round.
import { expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { type IncomingMessage, Link, numberBytes, Rpc } from "../../src/channel/index.ts";
import type { Carrier } from "../../src/machine/carrier.ts";
import { Ending } from "../../src/machine/line.ts";
import { SimLinks } from "../../src/machine/sim/index.ts";
import { bytesOf } from "./recorder.ts";

const seeds = Number(process.env["SHOAL_CHANNEL_SEEDS"] ?? 300);
const firstSeed = Number(process.env["SHOAL_CHANNEL_SEED"] ?? 1);
const stepsMax = 200_000;

/** One side: makes calls, and answers those of the other with the bytes turned round, when it comes to it. */
class Party {
  readonly carrier: Carrier;
  readonly rpc: Rpc;
  readonly settled = new Map<number, "answered" | "failed">();
  readonly #random: Random;
  readonly #asked = new Map<number, Uint8Array>();
  readonly #owed: { readonly call: number; readonly bytes: Uint8Array }[] = [];
  isDead = false;
  made = 0;
  endings = 0;

  constructor(carrier: Carrier, random: Random, before: number) {
    this.carrier = carrier;
    this.#random = random;
    const link = new Link(carrier, before);
    this.rpc = new Rpc(link, this);
    carrier.onRing(() => {
      if (!this.isDead) this.serve();
    });
  }

  request(call: number, message: IncomingMessage): void {
    const bytes = message.bulk.length > 0 ? message.bulk.slice() : message.copy(numberBytes);
    this.#owed.push({ call, bytes });
  }

  abandoned(): void {}

  ended(): void {
    this.endings++;
  }

  /** As the loop of a core does it: until nothing is there and the bell is set. */
  serve(): void {
    const { link } = this.rpc;
    do {
      link.rise();
      while (link.turn(this.#random.between(1, 8)) > 0) this.answerSome();
      link.checkEnding();
      // Who is about to sleep answers what it owes, but for what it never answers.
      if (this.#random.chance(1, 2)) this.answerSome();
    } while (!link.fallAsleep() && link.ending === undefined);
  }

  answerSome(): void {
    while (this.#owed.length > 0 && this.#random.chance(3, 4)) {
      const { call, bytes } = this.#owed.splice(this.#random.below(this.#owed.length), 1)[0];
      this.rpc.answer(call, bytes.toReversed());
    }
  }

  answerAll(): void {
    for (const { call, bytes } of this.#owed.splice(0)) this.rpc.answer(call, bytes.toReversed());
  }

  call(): void {
    const number = this.made++;
    const bytes = bytesOf(number, this.#random.pick([0, 4, 20, 52, 53, 200, 900]));
    const waiter = {
      answered: (_call: number, message: IncomingMessage): void => {
        expect(this.settled.has(number)).toBe(false);
        expect(message.copy(numberBytes)).toEqual(bytes.toReversed());
        this.settled.set(number, "answered");
      },
      failed: (): void => {
        expect(this.settled.has(number)).toBe(false);
        this.settled.set(number, "failed");
      },
    };
    const deadlineNs = this.#random.chance(1, 10) ? number : Infinity;
    const call = this.rpc.callBytes(bytes, waiter, deadlineNs);
    this.#asked.set(call, bytes);
    if (this.#random.chance(1, 10)) this.rpc.expire(number);
  }
}

function run(seed: number): void {
  const random = new Random(seed, "traffic");
  const links = new SimLinks(random);
  // More than a lap below zero: no line's number is what a slot holds that was never written.
  const before = random.pick([0, -20, -40, 2 ** 31 - 5]) | 0;
  const carriers = links.pair({ slots: random.pick([4, 8, 16]), bulkBytes: 0 }, before);
  const parties = carriers.map((carrier) => new Party(carrier, random, before));
  for (const party of parties) party.serve();
  const rounds = random.between(1, 60);
  for (let round = 0; round < rounds; round++) {
    for (let calls = random.below(6); calls > 0; calls--) random.pick(parties).call();
    for (let steps = random.below(12); steps > 0; steps--) links.step();
  }
  endSomehow(random, links, parties);
  settle(links, parties);
  for (const party of parties) {
    if (party.isDead) continue;
    expect(party.settled.size).toBe(party.made);
    expect(party.rpc.openCount).toBe(0);
  }
}

function endSomehow(random: Random, links: SimLinks, parties: readonly Party[]): void {
  const how = random.pick(["quiet", "close", "die"] as const);
  const [first, second] = random.chance(1, 2) ? parties : parties.toReversed();
  if (how === "quiet") return;
  if (how === "close") first.rpc.link.close(Ending.closed);
  else {
    first.isDead = true;
    links.lose(first.carrier);
  }
  settle(links, parties);
  expect(second.endings).toBe(1);
}

function settle(links: SimLinks, parties: readonly Party[]): void {
  for (let steps = 0; steps < stepsMax; steps++) {
    if (links.step()) continue;
    const open = parties.filter(({ isDead, rpc }) => !isDead && rpc.link.ending === undefined);
    for (const party of open) {
      party.answerAll();
      party.serve();
    }
    if (!links.step()) return;
  }
  throw new Error("the links never came to rest");
}

it(`settles every call, seeds ${firstSeed} to ${firstSeed + seeds - 1}`, () => {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    try {
      run(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
