// What follows the loss of a core, and what is said of it.
import { beforeEach, describe, expect, it } from "vitest";
import type { CoreLoss } from "../../boot/index.ts";
import { Progress, reportMs } from "../../supervisor/index.ts";
import { CoreLosses, type CoreLossesOptions } from "./core-losses.ts";

const broke: CoreLoss = { kind: "broke", error: new Error("it was our mistake") };
const hung: CoreLoss = { kind: "stopped", why: `it kept its core for ${reportMs} ms` };

let progress: Int32Array;
let said: string[];

beforeEach(() => {
  progress = new Int32Array(16);
  said = [];
});

function makeLosses(options: Partial<CoreLossesOptions> = {}): CoreLosses {
  return new CoreLosses({
    name: "kv",
    level: "host",
    restart: "on-failure",
    restartLimit: 2,
    progress,
    say: (line) => said.push(line),
    ...options,
  });
}

/** A core takes over, answers so many requests, and is lost. */
async function lose(losses: CoreLosses, answered: number, loss = hung): Promise<boolean> {
  losses.begin();
  progress[Progress.answered]! += answered;
  return losses.decide(loss, true);
}

describe("after the loss of a core", () => {
  it("another takes over, as often as something was answered, and it is said each time", async () => {
    const losses = makeLosses({ level: "memory" });
    for (let count = 0; count < 100; count++) expect(await lose(losses, 1)).toBe(true);
    expect(said).toHaveLength(100);
    expect(said[0]).toMatch(
      /^the core of kv was ended: .*, 1 requests answered; another takes over$/,
    );
  });

  it("none takes over when too many in a row have answered nothing", async () => {
    const losses = makeLosses();
    const answers = [await lose(losses, 0), await lose(losses, 0), await lose(losses, 0)];
    expect(answers).toEqual([true, true, false]);
    expect(said.at(-1)).toContain("given up: it died 3 times");
  });

  it("what a core heard for its log counts as an answer does", async () => {
    const losses = makeLosses();
    for (let count = 0; count < 10; count++) {
      losses.begin();
      progress[Progress.heard]!++;
      expect(await losses.decide(hung, true)).toBe(true);
    }
  });

  it("none takes over from one that broke before anything was served: it would break, too", async () => {
    const losses = makeLosses();
    losses.begin();
    expect(await losses.decide(broke, false)).toBe(false);
    expect(said[0]).toContain("broke (it was our mistake)");
    expect(said[1]).toMatch(/^ {4}at .*core-losses\.test/);
  });

  it("none takes over where nothing is to be started again", async () => {
    expect(await lose(makeLosses({ restart: "never" }), 5)).toBe(false);
  });

  it("the process is given up after 64 cores, unless its log is in memory", async () => {
    const losses = makeLosses();
    for (let count = 1; count < 64; count++) expect(await lose(losses, 1)).toBe(true);
    expect(await lose(losses, 1)).toBe(false);
    expect(said.at(-1)).toContain("the last of this process, which has had 64");
  });

  it("no request is open any more", async () => {
    const losses = makeLosses();
    progress[Progress.open] = 3;
    await lose(losses, 1);
    expect(progress[Progress.open]).toBe(0);
  });
});
