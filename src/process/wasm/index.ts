// The face of the WebAssembly adapter.
export { type ImportFunction, type Library, LinkError } from "./link.ts";
export { type ExecutionModel, Program, type ProgramOptions } from "./program.ts";
export { reasonOf } from "./runner.ts";
export { InvalidModuleError, prepareModule, type PreparedModule, type PrepareOptions } from "./prepare/index.ts";
