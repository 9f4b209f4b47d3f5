// The face of supervision: what starts a cell again, and what a cell tells it.
export { type CellReports, startCellReports } from "./cell-reports.ts";
export { claimEpoch } from "./epoch.ts";
export { Progress } from "./progress.ts";
export { type RestartMode, restartModes } from "./restart-policy.ts";
export { supervise, type SuperviseOptions } from "./supervise.ts";
export { holdDirectory, makeHoldDirectory, stopCell, whileHeld } from "./hold.ts";
