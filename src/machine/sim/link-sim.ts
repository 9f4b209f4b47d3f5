// Links of the simulator: every line is delivered on its own, when the seed says so. Lines of one channel keep their
// order; those of different channels, rings and the news of an end overtake each other. A side can be lost at any
// moment: then as much of what it had sent arrives as the seed says, and its end is noticed after that.
import type { Random } from "../../base/index.ts";
import type { Carrier } from "../carrier.ts";
import { Bell, bellWord, channelWords, Ending, lineWords } from "../line.ts";
import { bulkOf, LinePutter, LineTaker } from "../line-copier.ts";

export interface SimLinkShape {
  readonly slots: number;
  readonly bulkBytes: number;
}

/** A line on its way, with the bytes of bulk memory that it names. */
interface Transit {
  readonly line: Int32Array;
  readonly bulkAt: number;
  readonly bulk: Uint8Array;
}

/** All links of a simulated world: makes them, and lets things happen on them one by one. */
export class SimLinks {
  readonly #random: Random;
  readonly #sides: SimSide[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** @param before Number of the line before the first; what the links on it are told. */
  pair(shape: SimLinkShape, before = 0): readonly [Carrier, Carrier] {
    const [left, right] = [new SimSide(shape, before), new SimSide(shape, before)];
    left.peer = right;
    right.peer = left;
    this.#sides.push(left, right);
    return [left, right];
  }

  /** Lets one thing happen. False if nothing can. */
  step(): boolean {
    const able = this.#sides.filter((side) => side.canHappen());
    if (able.length === 0) return false;
    this.#random.pick(able).happen(this.#random);
    return true;
  }

  /** Ends the core at one side where it stands. It must not be driven any further. */
  lose(carrier: Carrier): void {
    this.#sides.find((side) => side === carrier)?.lose(this.#random);
  }
}

/** One side: what it hears is what happens on it. */
class SimSide implements Carrier {
  readonly outgoing: Int32Array;
  readonly incoming: Int32Array;
  readonly outgoingBulk: Uint8Array;
  readonly incomingBulk: Uint8Array;
  peer!: SimSide;
  readonly #taker: LineTaker;
  readonly #putter: LinePutter;
  /** Lines for this side. */
  readonly #arriving: Transit[] = [];
  #isRung = false;
  /** How the peer ended, which is noticed when its last line has come. */
  #endingToCome: Ending | undefined;
  #ending: Ending | undefined;
  #isLost = false;
  #handler: (() => void) | undefined;

  constructor({ slots, bulkBytes }: SimLinkShape, before: number) {
    this.outgoing = new Int32Array(channelWords(slots));
    this.incoming = new Int32Array(channelWords(slots));
    this.outgoingBulk = new Uint8Array(bulkBytes);
    this.incomingBulk = new Uint8Array(bulkBytes);
    this.#taker = new LineTaker(this.outgoing, before);
    this.#putter = new LinePutter(this.incoming);
    // Whoever is to take the lines sleeps, as it were, until it is rung for.
    this.outgoing[bellWord] = Bell.asleep;
  }

  ring(): void {
    this.outgoing[bellWord] = Bell.asleep;
    const { outgoing, outgoingBulk } = this;
    for (let at = this.#taker.take(); at >= 0; at = this.#taker.take()) {
      const [bulkAt, count] = bulkOf(outgoing, at);
      const bulk = outgoingBulk.slice(bulkAt, bulkAt + count);
      this.peer.#arriving.push({ line: outgoing.slice(at, at + lineWords), bulkAt, bulk });
    }
  }

  onRing(handler: () => void): void {
    this.#handler = handler;
  }

  ending(): Ending | undefined {
    return this.#ending;
  }

  hold(): void {}

  close(): void {
    this.peer.#endingToCome ??= Ending.closed;
  }

  lose(random: Random): void {
    this.#isLost = true;
    const sent = this.peer.#arriving;
    sent.length = random.between(0, sent.length);
    this.peer.#endingToCome ??= Ending.ended;
  }

  canHappen(): boolean {
    if (this.#isLost) return false;
    return this.#isRung || this.#arriving.length > 0 || this.#isEndDue();
  }

  happen(random: Random): void {
    const transit = this.#arriving[0];
    if (this.#isRung && (transit === undefined || random.chance(1, 2))) this.#hear();
    else if (transit !== undefined) this.#arrive(transit);
    else this.#noticeEnd();
  }

  #isEndDue(): boolean {
    return this.#endingToCome !== undefined && this.#ending === undefined;
  }

  #hear(): void {
    this.#isRung = false;
    this.#handler?.();
  }

  #arrive({ line, bulkAt, bulk }: Transit): void {
    this.#arriving.shift();
    this.incomingBulk.set(bulk, bulkAt);
    this.#putter.put(line, 0);
    if (this.incoming[bellWord] !== Bell.asleep) return;
    this.incoming[bellWord] = Bell.awake;
    this.#isRung = true;
  }

  #noticeEnd(): void {
    this.#ending = this.#endingToCome;
    this.#isRung = true;
  }
}
