// Defects that the simulator must find, each within the seeds of a CI run: mistakes that somebody
// could make in the kernel, at least one per class of calls and per queue. A checker that no defect
// needs is not known to work; a defect that nothing finds shows what is not checked.
import { ipcDefects, threadDefects } from "./ipc-defects.ts";
import { objectDefects } from "./object-defects.ts";
import type { Defect } from "./plant.ts";
import { queueDefects } from "./queue-defects.ts";
import { syncDefects } from "./sync-defects.ts";

export const defects: readonly Defect[] = [
  ...ipcDefects,
  ...threadDefects,
  ...syncDefects,
  ...objectDefects,
  ...queueDefects,
];
