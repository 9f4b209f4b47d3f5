// What is taken for a cell that does not get on, and what is not.
import { describe, expect, it } from "vitest";
import { Health } from "./health.ts";
import { formatReport, parseReport, Progress, progressWords, reportMs } from "./progress.ts";

const hangSeconds = 2;
const reportsPerHang = (hangSeconds * 1000) / reportMs;

type State = Partial<Record<keyof typeof Progress, number>>;

function words(state: State): number[] {
  const all = Array.from({ length: progressWords }, () => 0);
  for (const [name, value] of Object.entries(state)) all[Progress[name as keyof State]] = value;
  return all;
}

/** What is found wrong in as many reports as fill the time twice. */
function judge(stateAt: (i: number) => State, isOpen = true): string | undefined {
  const health = new Health(hangSeconds);
  if (isOpen) health.opened();
  for (let i = 0; i < reportsPerHang * 2; i++) {
    const wrong = health.report(words(stateAt(i)));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

describe("the health of a cell", () => {
  it("is bad when its event loop has had no turn for long", () => {
    expect(judge(() => ({ turns: 9 }))).toContain("kept its core for 2 s");
  });

  it("is good when it has nothing to do", () => {
    expect(judge((i) => ({ turns: i, idles: 1 }))).toBeUndefined();
  });

  it("is bad when it computes, and requests are open of which none is answered", () => {
    const wrong = judge((i) => ({ turns: i, beat: i * 100, open: 3, answered: 8 }));
    expect(wrong).toContain("answered none of 3 requests");
  });

  it("is good when it answers something in between", () => {
    const wrong = judge((i) => ({ turns: i, open: 3, answered: Math.floor(i / 6) }));
    expect(wrong).toBeUndefined();
  });

  it("is good when its core is free in between: then it waits for something", () => {
    const wrong = judge((i) => ({ turns: i, open: 3, idles: Math.floor(i / 6) }));
    expect(wrong).toBeUndefined();
  });

  it("gets more time before it serves", () => {
    expect(judge(() => ({ turns: 9 }), false)).toBeUndefined();
  });

  it("is bad when it does not report, even though it lives", () => {
    const health = new Health(hangSeconds);
    const ticks = Array.from({ length: reportsPerHang }, () => health.tick());
    expect(ticks.at(-1)).toContain("has not run for 2 s");
    expect(ticks.at(-2)).toBeUndefined();
  });

  it("is always good with a limit of 0", () => {
    const health = new Health(0);
    health.opened();
    for (let i = 0; i < 10_000; i++) {
      expect(health.report(words({ turns: 1 }))).toBeUndefined();
      expect(health.tick()).toBeUndefined();
    }
  });
});

describe("the health of a cell whose core is kept", () => {
  function judgeKeeper(stateAt: (i: number) => State): string | undefined {
    const health = new Health(hangSeconds, "keeper");
    for (let i = 0; i < reportsPerHang * 2; i++) {
      const wrong = health.report(words(stateAt(i)));
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  it("is bad when the thread that keeps it has had no turn for long", () => {
    expect(judgeKeeper((i) => ({ turns: i, keeperTurns: 7 }))).toContain("first thread");
  });

  it("is good when the core does not get on, which the thread that keeps it sees to", () => {
    const wrong = judgeKeeper((i) => ({ turns: 9, keeperTurns: i + 1, open: 1 }));
    expect(wrong).toBeUndefined();
  });

  it("is that of its core where nobody keeps it", () => {
    expect(judgeKeeper(() => ({ turns: 9 }))).toBeUndefined();
    const health = new Health(hangSeconds, "keeper");
    health.opened();
    const wrongs = Array.from({ length: reportsPerHang + 1 }, () =>
      health.report(words({ turns: 9 })),
    );
    expect(wrongs.at(-1)).toContain("kept its core for 2 s");
  });
});

describe("reports", () => {
  it.each([
    { kind: "open" },
    { kind: "progress", words: Array.from({ length: progressWords }, (_, i) => i) },
    { kind: "end", code: 7, isFault: false },
    { kind: "end", code: 134, isFault: true },
  ] as const)("%o is read as it was written", (report) => {
    expect(parseReport(formatReport(report).trimEnd())).toEqual(report);
  });

  it.each([
    "",
    "progress",
    "progress 1 2",
    `progress ${"a ".repeat(progressWords).trimEnd()}`,
    "end",
    "end 1",
    "end x exit",
    "hello",
  ])("%o is none", (line) => expect(parseReport(line)).toBeUndefined());
});
