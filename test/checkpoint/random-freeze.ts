// Any case of the real programs, frozen where a seed says.
import { Random } from "../../src/base/index.ts";
import { type Case, caseId, isBuilt, listCases } from "../../tools/programs/index.ts";
import { type FrozenCase, type Points, runFrozen } from "./frozen-run.ts";
import { randomPoints } from "./random-points.ts";

export interface RandomFreeze extends FrozenCase {
  /** Which case it was, and where it was frozen. */
  readonly what: string;
}

/** The cases that can be frozen, of programs that are built; all programs unless one is named. */
export function frozenCases(program?: string): Case[] {
  return listCases().filter(
    (item) =>
      item.runs !== "commonmark-examples" &&
      isBuilt(item.program) &&
      (program === undefined || item.program === program),
  );
}

export async function freezeAtRandom(seed: number, cases: readonly Case[]): Promise<RandomFreeze> {
  const random = new Random(seed);
  const item = cases[random.below(cases.length)]!;
  const points: Points = randomPoints(random, item);
  const what = `${caseId(item)}, frozen after ${JSON.stringify(points)} calls`;
  return { ...(await runFrozen(item, points)), what };
}
