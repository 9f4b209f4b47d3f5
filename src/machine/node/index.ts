// The face of the Node adapter: a machine made of this process, its threads and a directory.
export { createNodeMachine, type NodeMachineOptions } from "./create.ts";
export { StoreDirectoryError } from "./file-store.ts";
export { SharedMemoryFullError } from "./shared-arena.ts";
