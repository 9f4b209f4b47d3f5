// The face of supervision: what starts a cell again, and what a cell tells it.
export {
  countTurns,
  reportEnd,
  reportOpen,
  reportProgress,
  startCellReports,
} from "./cell-reports.ts";
export { claimEpoch } from "./epoch.ts";
export { Health } from "./health.ts";
export { Progress, reportMs } from "./progress.ts";
export {
  type CellEnd,
  type Decision,
  type RestartMode,
  restartModes,
  RestartPolicy,
} from "./restart-policy.ts";
export { codeOfLife, codeOfSignal, supervise, type SuperviseOptions } from "./supervise.ts";
export { Supervisor, type SupervisorEnd, type SupervisorState } from "./supervisor.ts";
export { holdDirectory, holdSignal, makeHoldDirectory, stopCell, whileHeld } from "./hold.ts";
export { awaitTurn, standbyEpoch } from "./standby-line.ts";
