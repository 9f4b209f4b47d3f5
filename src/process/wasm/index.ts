// The face of the WebAssembly adapter: programs as processes, in both execution models, and how they
// are prepared.
export { type ImportFunction, type Library, LinkError } from "./link.ts";
export { type CallProgress, type ExecutionModel, Program, type ProgramOptions } from "./program.ts";
export {
  type CapturedThread,
  captureProgram,
  type MakeInstance,
  restoreProgram,
} from "./capture-program.ts";
export {
  type MemoryState,
  type ProgramState,
  programStateVersion,
  type ProgramThreadState,
} from "./program-state.ts";
export { CaptureError, NoRoomError } from "./capture-error.ts";
export type { FaultFrame, FaultStack } from "./fault-frames.ts";
export { readFaultStack } from "./fault-origin.ts";
export { PortalTable } from "./portal-table.ts";
export {
  reasonOf,
  type ProgramStack,
  type StackPosition,
  type ThreadStack,
} from "./thread-stack.ts";
export {
  InvalidModuleError,
  type ModuleFacts,
  prepareModule,
  type PreparedModule,
  type PrepareOptions,
} from "./prepare/index.ts";
export { pairModule, pairNames } from "./pair-module.ts";
