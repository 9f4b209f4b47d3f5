// The proof for one module: its stack is taken out at every place (of few) or at random ones (of many),
// twice in a row at the same, at all of them, and at random, at both levels; whatever is done to its
// stack, the module must come to what it comes to undisturbed.
import { isDeepStrictEqual } from "node:util";
import { Random } from "../../src/base/index.ts";
import { InvalidModuleError } from "../../src/process/wasm/binary/index.ts";
import type { Outcome } from "./outcome.ts";
import type { RandomModule } from "./random-module/index.ts";
import { asData, type Level, type Parcel, runUndisturbed } from "./stopped-run.ts";
import { StoppableModule, type StopRule } from "./stopped-run.ts";

/** Above so many places, so many drawn ones are stopped at alone. */
const singleStops = 8;

/** Stops that a run at random is given at each place before it may go on. */
const attemptsMax = 4;

export interface Proof {
  readonly outcome: Outcome;
  readonly runs: number;
  readonly places: number;
  readonly captures: number;
  readonly deepest: number;
}

/** A module that came to something else when its stack was taken out. */
export class ProofFailure extends Error {
  override readonly name = "ProofFailure";
}

export interface ProofOptions {
  readonly levels?: readonly Level[];
  /** The way from one instance to the next: the right one unless given. */
  readonly carry?: (parcel: Parcel) => Parcel;
}

/** @throws ProofFailure naming seed, level and places, at the first difference */
export function prove(module: RandomModule, options: ProofOptions = {}): Proof {
  const { levels = ["checkpoint", "preempt"], carry = asData } = options;
  if (!WebAssembly.validate(module.bytes)) {
    throw new ProofFailure(`Seed ${module.seed} made a module that is not valid.`);
  }
  const outcome = runUndisturbed(module.bytes);
  const total = { runs: 0, places: 0, captures: 0, deepest: 0 };
  for (const level of levels) {
    const at = `Seed ${module.seed}, level ${level}`;
    const stoppable = describeFailure(at, () => new StoppableModule(module.bytes, level, carry));
    const run = (when: string, stops: StopRule): number => {
      const result = describeFailure(`${at}, stopped ${when}`, () => stoppable.run(stops));
      compare(`${at}, stopped ${when}`, outcome, result.outcome);
      total.runs++;
      total.captures += result.captures;
      total.deepest = Math.max(total.deepest, result.deepest);
      return result.places;
    };
    const places = run("never", () => false);
    for (const [when, stops] of rulesFor(module.seed, places)) run(when, stops);
    total.places += places;
  }
  return { outcome, ...total };
}

function rulesFor(seed: number, places: number): [string, StopRule][] {
  if (places === 0) return [];
  const random = new Random(seed, "stops");
  const all = Array.from({ length: places }, (_, place) => place);
  const chosen =
    places <= singleStops ? all : all.slice(0, singleStops).map(() => random.pick(all));
  const share = Math.max(2, Math.ceil(places / 30));
  return [
    ...chosen.map((chosenPlace): [string, StopRule] => [
      `twice at place ${chosenPlace}`,
      (place, attempt) => place === chosenPlace && attempt < 2,
    ]),
    ["at one place in so many", (place, attempt) => place % share === 0 && attempt === 0],
    ["at random", (_, attempt) => attempt < attemptsMax && random.chance(1, share)],
  ];
}

function describeFailure<T>(where: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const what = error instanceof InvalidModuleError ? "was refused" : "broke";
    throw new ProofFailure(`${where}: it ${what}: ${String(error)}`, { cause: error });
  }
}

function compare(where: string, expected: Outcome, actual: Outcome): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const { end, memory, tables, calls } = expected;
  const differences = [
    end === actual.end ? "" : `its end was "${actual.end}" instead of "${end}"`,
    isDeepStrictEqual(calls, actual.calls) ? "" : differenceOfCalls(calls, actual.calls),
    memory === actual.memory ? "" : "its memory or globals differ",
    isDeepStrictEqual(tables, actual.tables) ? "" : "its tables differ",
  ];
  throw new ProofFailure(`${where}: ${differences.filter((one) => one !== "").join("; ")}`);
}

function differenceOfCalls(expected: readonly string[], actual: readonly string[]): string {
  const at = expected.findIndex((call, index) => call !== actual[index]);
  const first = at < 0 ? expected.length : at;
  return `call ${first} was ${actual[first] ?? "not made"} instead of ${expected[first] ?? "none"}`;
}
