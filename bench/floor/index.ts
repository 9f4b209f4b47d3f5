// The floors: work done by hand with no kernel around it, as subjects for interleaved rounds.
import type { Subject } from "../harness/rounds.ts";
import { clockRateFloor } from "./clock-rate.ts";
import { importFloors } from "./import-cost.ts";
import { portalFloors } from "./portal.ts";
import { portalVariants } from "./portal-variants.ts";
import { receiverFloors } from "./receiver.ts";
import { scriptServerFloors } from "./script-servers.ts";

export { copyMethods, type CopyMethod } from "./copy.ts";
export { additionName, clockGhz } from "./clock-rate.ts";
export { importNames } from "./import-cost.ts";
export { messageSizes } from "./message.ts";
export {
  entries,
  type Entry,
  portalMessageName,
  portalName,
  portalWordsName,
  typescriptCallerName,
} from "./portal.ts";
export { portalVariantName } from "./portal-variants.ts";
export { receiverMessageName, receiverName } from "./receiver.ts";
export { scriptServerNames } from "./script-servers.ts";

/** Operations per batch. Those that suspend cost twenty times those that do not. */
export interface BatchSizes {
  readonly calls: number;
  readonly switches: number;
  readonly additions: number;
}

export async function floorSubjects(batch: BatchSizes): Promise<Subject[]> {
  return [
    clockRateFloor(batch.additions),
    ...importFloors(batch.calls),
    ...(await portalFloors(batch.calls)),
    ...portalVariants(batch.calls),
    ...receiverFloors(batch.switches),
    ...scriptServerFloors(batch.switches),
  ];
}
