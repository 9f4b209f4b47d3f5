// The face of the WebAssembly adapter: programs as processes, in both execution models, and how they
// are prepared.
export { type ImportFunction, type Library, LinkError } from "./link.ts";
export { type ExecutionModel, Program, type ProgramOptions } from "./program.ts";
export { PortalTable } from "./portal-table.ts";
export { reasonOf, type ThreadStack } from "./runner.ts";
export {
  InvalidModuleError,
  type ModuleFacts,
  prepareModule,
  type PreparedModule,
  type PrepareOptions,
} from "./prepare/index.ts";
