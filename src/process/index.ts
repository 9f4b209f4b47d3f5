// The face of processes: the port's types, what the adapters of one core share, and the adapters that
// boot puts together. The kernel imports the port alone (`process.ts`), and only its types.
export type { Memories, Notice } from "./process.ts";
export type { Core, FaultReport, PortalEntry, Runner } from "./core.ts";
export { type MemorySource, SpaceMemories } from "./memories.ts";
export {
  type ClientAnswer,
  clientGoneBit,
  type ClientMessage,
  ClientProcess,
  clientSlots,
  serviceDescriptor,
  ServiceProcess,
  serviceSlots,
  type ServiceProcessOptions,
  type ThreadParts,
} from "./script/index.ts";
export {
  type CallProgress,
  type CapturedThread,
  CaptureError,
  captureProgram,
  type ExecutionModel,
  type ImportFunction,
  InvalidModuleError,
  type Library,
  LinkError,
  type MakeInstance,
  type MemoryState,
  type ModuleFacts,
  type PreparedModule,
  prepareModule,
  type PrepareOptions,
  PortalTable,
  Program,
  type ProgramOptions,
  type ProgramStack,
  type ProgramState,
  programStateVersion,
  type ProgramThreadState,
  reasonOf,
  type StackPosition,
  restoreProgram,
  type ThreadStack,
} from "./wasm/index.ts";
