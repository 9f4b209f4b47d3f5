// Looks for a planted defect in the cases, one after the other, and says what showed it.
import { cases, worldOf } from "./cases.ts";
import { type Defect } from "./defects.ts";
import { explore, type Failure } from "./explore.ts";
import { Physics } from "./world.ts";

export interface Found {
  readonly about: string;
  readonly failure: Failure;
}

/** The first case that shows a defect, or undefined if none does. */
export function findDefect(defect: Defect): Found | undefined {
  for (const example of cases) {
    const physics = new Physics(defect.protocols, defect.isCarrier !== true);
    const { failure } = explore(worldOf(example, physics), physics);
    if (failure !== undefined) return { about: example.about, failure };
  }
  return undefined;
}
