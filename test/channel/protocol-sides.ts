// Two sides of a link for the explorer: each sends some lines and receives some, and sleeps whenever there is nothing
// to do, as threads that drive a link do. Everything between them is the real code.
import { expect } from "vitest";
import { type IncomingMessage, Link } from "../../src/channel/index.ts";
import type { Carrier } from "../../src/machine/carrier.ts";
import {
  Bell,
  bellWord,
  channelWords,
  endChannel,
  Ending,
  endingOf,
} from "../../src/machine/line.ts";
import type { Replayer } from "./shared-memory.ts";

/** The fewest that there can be. */
const slots = 4;
const words = channelWords(slots);

export interface Exchange {
  readonly sends: number;
  readonly receives: number;
  /** Changes a side, to put a mistake in. */
  readonly alter?: (link: Link) => void;
}

function carrierOf(memory: Replayer, side: 0 | 1): Carrier {
  const outgoing = memory.array(side * words, words);
  const incoming = memory.array((1 - side) * words, words);
  return {
    outgoing,
    incoming,
    outgoingBulk: new Uint8Array(0),
    incomingBulk: new Uint8Array(0),
    ring: () => void Atomics.notify(outgoing as Int32Array<SharedArrayBuffer>, bellWord),
    onRing: () => undefined,
    ending: () => endingOf(incoming),
    hold: () => undefined,
    wait: () => void Atomics.wait(incoming as Int32Array<SharedArrayBuffer>, bellWord, Bell.asleep),
    close: () => undefined,
  };
}

/** A side that sends and receives, until it has done both or the other one is gone. */
export function party(side: 0 | 1, { sends, receives, alter }: Exchange) {
  return (memory: Replayer): void => {
    const link = new Link(carrierOf(memory, side));
    alter?.(link);
    let [sent, received] = [0, 0];
    let isOver = false;
    link.handle({
      message: ({ words: line, at, length }: IncomingMessage) => {
        // Whole and in order, or the promise of the ring is broken.
        expect([line[at], length]).toEqual([100 + received++, 4]);
      },
      ended: () => {
        isOver = true;
      },
    });
    while (!isOver && (sent < sends || received < receives)) {
      memory.say(JSON.stringify([sent, received, isOver, link.lineCounts]));
      const at = sent < sends ? link.begin() : -1;
      if (at >= 0) {
        link.words[at] = 100 + sent++;
        link.publish(at, 1, 4);
      } else if (link.turn(1) === 0) sleep(link);
    }
    memory.say(JSON.stringify(["done", isOver, sent, received]));
  };
}

/** As machine/node/link-thread.ts does it. */
function sleep(link: Link): void {
  link.checkEnding();
  if (!link.fallAsleep()) return;
  link.carrier.wait!(0);
  link.rise();
}

/** Whoever is told that a side has died writes it down for the other one. */
export function supervisorOf(side: 0 | 1) {
  return (memory: Replayer): void => {
    const channel = memory.array(side * words, words) as Int32Array<SharedArrayBuffer>;
    endChannel(channel, Ending.ended);
    Atomics.notify(channel, bellWord);
  };
}
