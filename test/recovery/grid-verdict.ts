// What must be so after a run of the kill grid: every client has ended well, and an observer outside saw every
// effect, in its order, whatever came again.
import { effectsIn, type GridOutcome, type Lived } from "./kill-grid.ts";
import type { CaseOptions, GridCase } from "./grid-members.ts";

export interface Verdict {
  /** Processes that were lost. */
  readonly kills: number;
  /** Lives that were lost of the member that lost the fewest, of those that were to be. */
  readonly killsFewest: number;
  /** Effects that the world outside saw again. */
  readonly repeats: number;
  /** What somebody noticed, for people; empty if nobody did. */
  readonly noticed: readonly string[];
}

export function judge(one: GridCase, options: CaseOptions, lived: GridOutcome): Verdict {
  const { servers, clients, rounds = options.rounds } = one;
  const all = [...lived.servers, ...lived.clients];
  const members = [...servers, ...clients];
  const killed = all.filter((_, i) => members[i]!.kill ?? members[i]!.breaks);
  const effects = [
    { who: "server", lived: lived.servers[0], count: clients.length * rounds },
    ...lived.clients.map((client, i) => ({
      who: `client ${i + 1}`,
      lived: client,
      count: rounds,
    })),
  ];
  return {
    kills: all.reduce((sum, { kills }) => sum + kills, 0),
    killsFewest: Math.min(...killed.map(({ kills }) => kills)),
    repeats: effects.reduce((sum, effect) => sum + effectsIn(effect.lived.output).repeats, 0),
    noticed: [
      ...lived.clients.flatMap(wrongEnds),
      ...all.flatMap(wrongWoken),
      ...effects.flatMap((effect) => wrongEffects(effect.who, effect.lived, effect.count)),
    ],
  };
}

function wrongEnds({ code, errors }: Lived, i: number): string[] {
  return code === 0 && errors === "" ? [] : [`client ${i + 1} ended with ${code}: ${errors}`];
}

/** Who is woken up and finds another in its place may say so, and nothing else. */
function wrongWoken({ wokenErrors }: Lived): string[] {
  const lines = wokenErrors.split("\n").filter((line) => /Error: /.test(line));
  return lines.filter((line) => !/has taken it over|has it already/.test(line));
}

/** Every number once and in order, for whoever drops what comes again, and the same when it does. */
function wrongEffects(who: string, { output }: Lived, count: number): string[] {
  const { once, changed } = effectsIn(output);
  const isWhole = once.length === count && once.every((number, i) => number === i + 1);
  return [
    ...(isWhole ? [] : [`the effects of ${who} were ${once.join(" ")}, not 1 to ${count}`]),
    ...changed.map((number) => `effect ${number} of ${who} came again with another content`),
  ];
}
