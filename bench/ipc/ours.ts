// Shoal's own side of the IPC benchmark: subjects that do through the kernel exactly what a floor
// does by hand (the same programs, labels, messages and sums), each naming the floor it is judged
// by. Empty until the kernel's system assembly can be driven from here.
import type { BatchSizes } from "../floor/index.ts";
import type { Subject } from "../harness/rounds.ts";

export interface OursSubject extends Subject {
  /** The metric's name in the report: portalRpc, portalRpc64B, receiverRpc... */
  readonly metric: string;
  /** The floor as a key of the floors' figures, in the sense of ipc/figures.ts. */
  readonly floor: string;
}

export async function oursSubjects(_batch: BatchSizes): Promise<readonly OursSubject[]> {
  return [];
}
