// Looks for a planted defect: runs seeds with it until one fails.
import { SimulationFailure } from "../failure.ts";
import { run } from "../run.ts";
import type { Defect } from "./plant.ts";

export interface Search {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly events: number;
}

/** The first failure that a defect causes, or undefined if no seed shows it. */
export function findDefect(defect: Defect, search: Search): SimulationFailure | undefined {
  const takeOut = defect.plant();
  const onEvent = defect.onEvent;
  try {
    for (let seed = search.firstSeed; seed < search.firstSeed + search.seeds; seed++) {
      run({ seed, events: search.events, ...(onEvent === undefined ? {} : { onEvent }) });
    }
  } catch (error) {
    if (error instanceof SimulationFailure) return error;
    throw error;
  } finally {
    takeOut();
  }
  return undefined;
}
