// The core that stands by: there is one whenever one is wanted, and no end of trying where there is none.
import { describe, expect, it } from "vitest";
import type { CoreEnd, CoreThread } from "./core-thread.ts";
import { Standby } from "./standby.ts";

const left: CoreEnd = { kind: "left", code: 1 };

/** A thread of which a test says how it gets on. */
function fakeCore() {
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<CoreEnd>();
  const core = { ready: ready.promise, ended: ended.promise, stop: () => ended.resolve(left) };
  // As much of a thread as whoever has it stand by looks at.
  return {
    core: core as unknown as CoreThread,
    ready: ready.resolve,
    end: () => ended.resolve(left),
  };
}

function makeStandby() {
  const cores: ReturnType<typeof fakeCore>[] = [];
  const givenUp: CoreEnd[] = [];
  const standby = new Standby({
    start: () => {
      const core = fakeCore();
      cores.push(core);
      return core.core;
    },
    onGivenUp: (end) => givenUp.push(end),
  });
  return { standby, cores, givenUp };
}

/** Lets promises that were settled be told. */
const told = (): Promise<void> => Promise.resolve().then(() => undefined);

describe("a core that stands by", () => {
  it("is started once, however often it is asked for, and again when it was taken", () => {
    const { standby, cores } = makeStandby();
    standby.fill();
    standby.fill();
    expect(cores).toHaveLength(1);
    expect(standby.take()).toBe(cores[0]!.core);
    expect(standby.take()).toBeUndefined();
    standby.fill();
    expect(cores).toHaveLength(2);
  });

  it("is started again whenever it dies, if it had stood by", async () => {
    const { standby, cores, givenUp } = makeStandby();
    standby.fill();
    for (let deaths = 1; deaths <= 10; deaths++) {
      cores.at(-1)!.ready();
      await told();
      cores.at(-1)!.end();
      await told();
      expect(cores).toHaveLength(deaths + 1);
    }
    expect(givenUp).toEqual([]);
  });

  it("is given up when three in a row die before they stand by", async () => {
    const { standby, cores, givenUp } = makeStandby();
    standby.fill();
    for (let deaths = 0; deaths < 3; deaths++) {
      cores.at(-1)!.end();
      await told();
    }
    expect(givenUp).toEqual([left]);
    standby.fill();
    expect(cores).toHaveLength(3);
  });

  it("is nobody's business when it dies after it was taken", async () => {
    const { standby, cores } = makeStandby();
    standby.fill();
    standby.take();
    cores[0]!.end();
    await told();
    expect(cores).toHaveLength(1);
  });

  it("is ended with the cell, and not started again", async () => {
    const { standby, cores } = makeStandby();
    standby.fill();
    standby.close();
    await told();
    standby.fill();
    expect(cores).toHaveLength(1);
    expect(standby.core).toBeUndefined();
  });
});
