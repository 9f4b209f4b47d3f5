// The face of boot, and of the package: what an embedder may use.
export { CoreLoop, type CoreEvents, type CoreOptions } from "./core.ts";
export {
  defaultFuelSlice,
  type SpawnedProgram,
  type SpawnOptions,
  type StartedService,
  System,
  type SystemOptions,
} from "./system.ts";
export type { Grant } from "./grants.ts";
export {
  runPipeline,
  type RunPipelineOptions,
  runProgram,
  type RunProgramOptions,
} from "./run-program.ts";
export { type ProgramEnd, type ProgramSpec, Session, type SessionOptions } from "./session.ts";
export {
  InvalidModuleError,
  LinkError,
  type PreparedModule,
  prepareModule,
  type PrepareOptions,
} from "../process/index.ts";
export { startWatchdog, type Watchdog, type WatchdogOptions } from "./watchdog.ts";
export { kindOfStream, NodeConsole, NodeNetwork } from "../server/node/index.ts";
export {
  formatListenAddress,
  type ListenAddress,
  parseListenAddress,
} from "../server/network/index.ts";
