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
