// Every order of events of the protocol between two sides, for links that are as small as they can be: nothing is
// lost, written over or out of order, nobody sleeps for ever, whoever dies when. And mistakes that somebody could
// make are found, or the exploration would prove nothing.
import { describe, expect, it } from "vitest";
import type { Link } from "../../src/channel/index.ts";
import { Reserve } from "../../src/channel/ring.ts";
import { Bell, bellWord, channelWords, Ending, endingWord } from "../../src/machine/line.ts";
import { explore, StuckError } from "./explorer.ts";
import { party, supervisorOf } from "./protocol-sides.ts";
import type { Replayer } from "./shared-memory.ts";

const oneWay = [
  { body: party(0, { sends: 3, receives: 0 }) },
  { body: party(1, { sends: 0, receives: 3 }) },
];

function bothWays(lines: number) {
  return ([0, 1] as const).map((side) => ({
    body: party(side, { sends: lines, receives: lines }),
  }));
}

describe("every order of events", () => {
  it("brings all lines to a reader that sleeps, and all acknowledgements to the writer", () => {
    const { states, ends } = explore(oneWay);
    expect(states).toBeGreaterThan(500);
    expect(ends).toBeGreaterThan(0);
  });

  it("lets two sides send to each other more than there is room for", () => {
    expect(explore(bothWays(5)).states).toBeGreaterThan(1000);
  });

  it("ends the waiting of whoever survives, wherever the other one dies", () => {
    for (const dying of [0, 1] as const) {
      const sides = [
        ...oneWay.map((side, i) => ({ ...side, mayDie: i === dying })),
        { body: supervisorOf(dying), after: dying },
      ];
      expect(explore(sides).states).toBeGreaterThan(500);
    }
  });
});

describe("every order of events, and every death", () => {
  it("ends the waiting of a side that sends and receives", () => {
    for (const dying of [0, 1] as const) {
      const sides = [
        ...bothWays(2).map((side, i) => ({ ...side, mayDie: i === dying })),
        { body: supervisorOf(dying), after: dying },
      ];
      expect(explore(sides).states).toBeGreaterThan(1000);
    }
  });
});

describe("mistakes that are found", () => {
  it("a sequence number that is not stored with release order", () => {
    expect(() => explore(oneWay, { storesArePlain: true })).toThrow();
  });

  it("a bell that is looked at before the line can be seen", () => {
    expect(() => explore(oneWay, { storesAreLate: true })).toThrow(StuckError);
  });

  it("a reader that does not look again after setting the bell", () => {
    const alter = (link: Link): void => {
      link.fallAsleep = () => {
        Atomics.store(link.carrier.incoming, 0, 1);
        return true;
      };
    };
    const sides = [oneWay[0], { body: party(1, { sends: 0, receives: 3, alter }) }];
    expect(() => explore(sides)).toThrow(StuckError);
  });

  it("an end that is written down without ringing", () => {
    const sides = [{ ...oneWay[0], mayDie: true }, oneWay[1], { body: () => undefined, after: 0 }];
    expect(() => explore(sides)).toThrow(StuckError);
  });

  it("an end for which only those are rung whose bell says that they sleep", () => {
    const supervisor = (memory: Replayer): void => {
      const channel = memory.array(0, channelWords(4)) as Int32Array<SharedArrayBuffer>;
      Atomics.compareExchange(channel, endingWord, 0, Ending.ended);
      const bell = Atomics.compareExchange(channel, bellWord, Bell.asleep, Bell.awake);
      if (bell === Bell.asleep) Atomics.notify(channel, bellWord);
    };
    const sides = [{ ...oneWay[0], mayDie: true }, oneWay[1], { body: supervisor, after: 0 }];
    expect(() => explore(sides)).toThrow(StuckError);
  });

  it("slots that are not kept free for acknowledgements", () => {
    const reserve = Reserve as { message: number };
    reserve.message = 0;
    try {
      expect(() => explore(bothWays(5))).toThrow(StuckError);
    } finally {
      reserve.message = 2;
    }
  });
});
