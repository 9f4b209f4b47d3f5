// Where a run is frozen: after a random number of calls, small ones as likely as large ones, up to three
// times. A run that makes fewer calls ends unfrozen.
import type { Random } from "../../src/base/index.ts";
import type { Case } from "../../tools/programs/index.ts";
import type { Points } from "./frozen-run.ts";

const freezesMax = 3;
/** Powers of two. */
const callsLogMax = 11;

export function randomPoints(random: Random, { runs }: Case): Points {
  const count = runs === "commonmark-examples" ? 0 : runs.length;
  return Array.from({ length: count }, () =>
    Array.from({ length: random.between(1, freezesMax) }, () => randomCalls(random)),
  );
}

function randomCalls(random: Random): number {
  const most = 2 ** random.between(1, callsLogMax);
  return random.between(1, most);
}
