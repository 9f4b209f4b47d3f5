// Random messages of both priorities and through bulk memory, over simulated links one side of which dies now and
// then: of each sort a beginning arrives, whole and in order, and all of it if nobody died.
import { expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { Link } from "../../src/channel/index.ts";
import { SimLinks } from "../../src/machine/sim/index.ts";
import { bytesOf, type Received, Recorder } from "./recorder.ts";

const seeds = 300;
const Sort = { message: 1, control: 2, bulk: 3 } as const;

function send(link: Link, random: Random, sent: Map<number, Uint8Array[]>): void {
  const sort = random.pick([Sort.message, Sort.control, Sort.bulk]);
  const ofSort = sent.get(sort) ?? [];
  sent.set(sort, ofSort);
  const bytes = bytesOf(ofSort.length, random.pick([1, 8, 56, 57, 300, 700]));
  if (sort !== Sort.bulk) link.send(sort, bytes, sort === Sort.control);
  else if (!sendBulk(link, bytes)) return;
  ofSort.push(bytes);
}

function sendBulk(link: Link, bytes: Uint8Array): boolean {
  const at = link.begin();
  const bulkAt = at < 0 ? -1 : link.beginBulk(bytes.length);
  if (bulkAt < 0) return false;
  link.carrier.outgoingBulk.set(bytes, bulkAt);
  link.publishBulk(at, Sort.bulk, 0, bulkAt, bytes.length);
  return true;
}

function run(seed: number): void {
  const random = new Random(seed, "priorities");
  const links = new SimLinks(random);
  const carriers = links.pair({ slots: random.pick([4, 8, 32]), bulkBytes: 2048 });
  const [left, right] = carriers.map((carrier) => new Link(carrier));
  const heard = new Recorder(right);
  void new Recorder(left);
  let isLeftDead = false;
  for (const link of [left, right]) {
    link.carrier.onRing(() => {
      if (link === right || !isLeftDead) serve(link);
    });
    serve(link);
  }
  const sent = new Map<number, Uint8Array[]>();
  for (let round = random.between(1, 80); round > 0; round--) {
    for (let count = random.below(4); count > 0; count--) send(left, random, sent);
    for (let steps = random.below(10); steps > 0; steps--) links.step();
  }
  if (random.chance(1, 3)) {
    isLeftDead = true;
    links.lose(left.carrier);
  }
  while (links.step());
  for (const [sort, all] of sent)
    check(heard.messages, sort, isLeftDead ? undefined : all.length, all);
}

function check(
  received: readonly Received[],
  sort: number,
  count: number | undefined,
  sent: readonly Uint8Array[],
): void {
  const arrived = received.filter(({ kind }) => kind === sort);
  if (count !== undefined) expect(arrived.length).toBe(count);
  arrived.forEach(({ bytes, bulk }, i) =>
    expect(sort === Sort.bulk ? bulk : bytes).toEqual(sent[i]),
  );
}

function serve(link: Link): void {
  do {
    link.rise();
    while (link.turn(4) > 0);
    link.checkEnding();
  } while (!link.fallAsleep() && link.ending === undefined);
}

it(`messages of each sort arrive in order, seeds 1 to ${seeds}`, () => {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      run(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
