// The face of wasi: what a process adapter links a program against.
export { encodeStrings } from "./args.ts";
export {
  type Descriptor,
  DescriptorTable,
  openedRow,
  preopenRow,
  streamRow,
} from "./descriptor-table.ts";
export {
  changedSinceUnstable,
  processFunctions,
  processModule,
  type WasiImport,
  wasiFunctions,
} from "./functions.ts";
export { GuestMemory } from "./guest-memory.ts";
export { connectionRow, isSocket, listenerRow } from "./sock-rows.ts";
export { exitThread, type WasiFunction, type WasiProcess, type WasmValue } from "./process.ts";
